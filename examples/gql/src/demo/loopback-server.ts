import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';

/** An HTTP server on this machine. */
export interface LoopbackServer {
  readonly origin: string;
  /** Says who answers, from now on: an answer may depend on the origin, which is known once the server listens. */
  answerWith(listener: RequestListener): void;
  close(): Promise<void>;
}

/** Listens on a port that the system picks. */
export async function listenOnLoopback(): Promise<LoopbackServer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    answerWith: (listener) => void server.removeAllListeners('request').on('request', listener),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

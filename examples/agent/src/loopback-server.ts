import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';

/** An HTTP server on this machine. */
export interface LoopbackServer {
  readonly origin: string;
  /** Sets the listener after the server listens, because it may need the origin. */
  answerWith(listener: RequestListener): void;
  close(): Promise<void>;
}

/** Listens on a free port. */
export async function listenOnLoopback(): Promise<LoopbackServer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    answerWith: (listener) => void server.on('request', listener),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

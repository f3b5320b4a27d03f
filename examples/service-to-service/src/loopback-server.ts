import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';

/** An HTTP server on this machine that can go down and come back at the same address. */
export interface LoopbackServer {
  readonly origin: string;
  /** Says who answers: an answer may depend on the origin, which is known once the server listens. */
  answerWith(listener: RequestListener): void;
  /** Breaks every connection and refuses new ones. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
}

/** Listens on a port that the system picks. */
export async function listenOnLoopback(): Promise<LoopbackServer> {
  const server = createServer();
  const listen = async (port: number): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  const { port } = address;
  return {
    origin: `http://127.0.0.1:${port}`,
    answerWith: (listener) => void server.on('request', listener),
    comeBack: () => listen(port),
    async goDown() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

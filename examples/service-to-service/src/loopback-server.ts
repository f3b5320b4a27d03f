import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';

/** An HTTP server on this machine that can go down and come back at the same origin. */
export interface LoopbackServer {
  readonly origin: string;
  /** Sets the listener after the server listens, because it may need the origin. */
  answerWith(listener: RequestListener): void;
  /** Closes every connection and refuses new ones. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
}

/** Listens on a free port. */
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

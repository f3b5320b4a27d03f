import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import { nodeListener } from '../consent/node-listener.ts';

/** A server on 127.0.0.1. */
export interface LoopbackServer {
  /** Such as `http://127.0.0.1:49152`. */
  readonly origin: string;
  /** Accepts no more connections, and ends when the responses that were begun are sent. */
  close(): Promise<void>;
}

/**
 * Listens on the literal 127.0.0.1 (RFC 8252 §8.3), on the first of the ports that is free; port 0 is any.
 *
 * @throws Error with a `code`, such as `EADDRINUSE`, when there is none
 */
export async function listenOnLoopback(
  ports: readonly number[],
  answer: (request: Request) => Promise<Response>,
): Promise<LoopbackServer> {
  const server = createServer(limits, nodeListener(answer));
  const responses = new Set<ServerResponse>();
  server.on('request', (_, response) => {
    responses.add(response);
    response.once('close', () => responses.delete(response));
  });
  await listenOnFirst(server, ports);
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      if (server.listening) server.close();
      await Promise.all([...responses].map((response) => once(response, 'close')));
      server.closeAllConnections(); // of browsers that connect ahead
    },
  };
}

/** A browser on this machine needs less: a connection that stays silent for longer is closed. */
const limits = { headersTimeout: 10_000, requestTimeout: 10_000 };

async function listenOnFirst(server: Server, ports: readonly number[]): Promise<void> {
  let failure: unknown = new TypeError('There is no port to listen on');
  for (const port of ports) {
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return;
    } catch (cause) {
      failure = cause;
    }
  }
  throw failure;
}

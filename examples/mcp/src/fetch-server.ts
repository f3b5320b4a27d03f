import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

/** An HTTP server on this machine that answers by a function of `Request`. */
export interface FetchServer {
  readonly origin: string;
  /** Sets the function after the server listens, because it may need the origin. */
  answerWith(answer: (request: Request) => Promise<Response>): void;
  close(): Promise<void>;
}

/** Listens on a free port. */
export async function startFetchServer(): Promise<FetchServer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  const origin = `http://127.0.0.1:${address.port}`;
  return {
    origin,
    answerWith(answer) {
      server.on('request', (incoming, outgoing) => {
        exchange({ incoming, outgoing, origin, answer }).catch(() => outgoing.destroy());
      });
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly origin: string;
  readonly answer: (request: Request) => Promise<Response>;
}

async function exchange({ incoming, outgoing, origin, answer }: Exchange): Promise<void> {
  const { method = 'GET', url = '/' } = incoming;
  const headers = new Headers();
  for (const [name, value = ''] of Object.entries(incoming.headers)) headers.set(name, String(value));
  const body = method === 'POST' ? await buffer(incoming) : null;
  const response = await answer(new Request(new URL(url, origin), { method, headers, body }));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) outgoing.end();
  else await pipeline(Readable.fromWeb(response.body), outgoing);
}

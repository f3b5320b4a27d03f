import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { statusHandler } from '@bearings/studio/status';
import type { ReadConnectors, StatusHandler } from '@bearings/studio/status';
import { RunError } from '../run-error.ts';

/** A status that is served. Disposing it ends all connections. */
export interface StatusServer extends AsyncDisposable {
  readonly url: string;
}

/**
 * Serves the status of runs on 127.0.0.1, for `bearings studio --watch`. Only GET and HEAD are answered, and only for
 * this machine's own names, so that no page of another site can read it.
 *
 * @param port - 0 for a free one
 * @throws RunError `CONFIG` when the port is in use
 */
export async function serveStatus(read: ReadConnectors, port: number): Promise<StatusServer> {
  const status = statusHandler({ connectors: read });
  const server = createServer((request, response) => void answer(request, response, status));
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen(port, '127.0.0.1', listening.resolve);
  try {
    await listening.promise;
  } catch (error) {
    status[Symbol.dispose]();
    throw new RunError('CONFIG', `Port ${port} cannot be used: ${error instanceof Error ? error.message : 'in use'}`);
  }
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${actual}/status`,
    async [Symbol.asyncDispose]() {
      status[Symbol.dispose]();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Never rejects. */
async function answer(incoming: IncomingMessage, outgoing: ServerResponse, status: StatusHandler): Promise<void> {
  try {
    if (!/^(?:127\.0\.0\.1|localhost|\[::1\]):\d+$/.test(incoming.headers.host ?? '')) return end(outgoing, 421);
    if (incoming.url?.split('?')[0] !== '/status') return end(outgoing, 404);
    const gone = new AbortController();
    outgoing.once('close', () => gone.abort());
    const request = toRequest(incoming, gone.signal);
    if (request === undefined) return end(outgoing, 405, { allow: 'GET, HEAD' });
    const response = status(request);
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body === null) return void outgoing.end();
    await pipeline(Readable.fromWeb(response.body), outgoing);
  } catch {
    outgoing.destroy(); // the reader has gone, or sees a broken connection
  }
}

/** `undefined` for a method that no `Request` has, such as TRACE. */
function toRequest({ method = 'GET', headers }: IncomingMessage, signal: AbortSignal): Request | undefined {
  try {
    return new Request('http://127.0.0.1/status', { method, headers: { accept: headers.accept ?? '*/*' }, signal });
  } catch {
    return undefined;
  }
}

function end(outgoing: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  outgoing.writeHead(status, headers).end();
}

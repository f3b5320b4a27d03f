import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

/** Serves `Request → Response` on this machine, until it is closed. */
export async function serveStatus(handle: (request: Request) => Response, port = 0) {
  const server = createServer((incoming, outgoing) => {
    const gone = new AbortController();
    outgoing.once('close', () => gone.abort());
    const headers = { accept: incoming.headers.accept ?? '*/*' };
    void copy(handle(new Request('http://127.0.0.1/status', { headers, signal: gone.signal })), outgoing);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : 0;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${actual}/status`, port: actual, close };
}

async function copy(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  try {
    for await (const chunk of response.body ?? []) outgoing.write(chunk);
  } catch {
    // the page has gone
  }
  outgoing.end();
}

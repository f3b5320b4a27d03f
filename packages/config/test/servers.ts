import { fakeApi, fakeIssuer } from '@bearings/testing';
import type { FakeApi, FakeIssuer } from '@bearings/testing';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';

/** An issuer that knows `billing` and `stock`, and an API that takes its tokens; both on ports of this machine. */
export interface Servers extends AsyncDisposable {
  readonly issuer: FakeIssuer;
  readonly api: FakeApi;
  /** What `billing` is known by; may be changed. */
  readonly secrets: string[];
}

export async function someServers(): Promise<Servers> {
  const secrets = ['billing-secret'];
  const issuer = await fakeIssuer({
    clients: [
      { clientId: 'billing', clientSecret: secrets },
      { clientId: 'stock', clientSecret: 'stock-secret' },
    ],
  }).listen();
  const api = await fakeApi(issuer).listen();
  const close = async (): Promise<void> => void (await Promise.all([issuer.close(), api.close()]));
  return { issuer, api, secrets, [Symbol.asyncDispose]: close };
}

/** An API behind a credential that does not change by itself. */
export interface GuardedServer extends AsyncDisposable {
  readonly origin: string;
  readonly seen: readonly IncomingHttpHeaders[];
  /** What a header must be. Changes when a key is rotated. */
  key: string;
}

/** Answers 401 to who does not bring the key, and sends who asks for `/elsewhere` to another place. */
export async function guardedServer(header: string, key: string, elsewhere = '/'): Promise<GuardedServer> {
  const seen: IncomingHttpHeaders[] = [];
  const kept = { key };
  const server = createServer((request, response) => {
    seen.push(request.headers);
    if (request.url === '/elsewhere') response.writeHead(302, { location: elsewhere }).end();
    else response.writeHead(request.headers[header] === kept.key ? 200 : 401).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(kept, {
    origin: `http://127.0.0.1:${port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  });
}

import { fakeApi, fakeIssuer } from '@bearings/testing';
import type { FakeApi, FakeIssuer } from '@bearings/testing';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';

/** An issuer with the clients `billing` and `stock`, and an API that accepts its tokens. Both listen on loopback. */
export interface Servers extends AsyncDisposable {
  readonly issuer: FakeIssuer;
  readonly api: FakeApi;
  /** The valid secrets of `billing`. A test may change them. */
  readonly secrets: string[];
}

export async function startServers(): Promise<Servers> {
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

/** An API that expects a fixed header value. */
export interface GuardedServer extends AsyncDisposable {
  readonly origin: string;
  readonly seen: readonly IncomingHttpHeaders[];
  /** The expected header value. A test may change it. */
  key: string;
}

/** Answers 401 to a request without the key, and redirects `/elsewhere` to `elsewhere`. */
export async function startGuardedServer(header: string, key: string, elsewhere = '/'): Promise<GuardedServer> {
  const seen: IncomingHttpHeaders[] = [];
  const state = { key };
  const server = createServer((request, response) => {
    seen.push(request.headers);
    if (request.url === '/elsewhere') response.writeHead(302, { location: elsewhere }).end();
    else response.writeHead(request.headers[header] === state.key ? 200 : 401).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(state, {
    origin: `http://127.0.0.1:${port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  });
}

import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import { createClient, orThrow, withCircuitBreaker } from '@bearings/client';
import type { Client } from '@bearings/client';
import { Token, staticToken, withBearerAuth } from '@bearings/oauth-bearer';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { statusHandler } from '@bearings/studio/status';
import type { ObservedToken } from '@bearings/studio/status';
import type { Servers } from './servers.ts';

/** A running service that shows its status. */
export interface Service extends AsyncDisposable {
  readonly statusUrl: string;
}

/** An address on this machine where nothing listens. */
const nowhere = 'http://127.0.0.1:9';

const scopes = ['orders.read'];
const resource = 'https://orders.internal';

/** One of six tokens, and the health that it is in. */
interface Setup {
  readonly name: string;
  readonly issuerUrl: string;
  readonly clientSecret: string;
  readonly baseUrl: string;
}

/** A token that works, one that is renewed all the time, one whose server goes down, one with a wrong secret, and one without a server. */
function listSetups({ healthy, hasty, failing, ordersUrl, ledgerUrl, env }: Servers): readonly Setup[] {
  const { BILLING_SECRET = '', PRICES_SECRET = '' } = env;
  return [
    { name: 'orders', issuerUrl: healthy.issuerUrl, clientSecret: BILLING_SECRET, baseUrl: ordersUrl },
    { name: 'ledger', issuerUrl: hasty.issuerUrl, clientSecret: BILLING_SECRET, baseUrl: ledgerUrl },
    { name: 'shipments', issuerUrl: failing.issuerUrl, clientSecret: BILLING_SECRET, baseUrl: nowhere },
    { name: 'prices', issuerUrl: healthy.issuerUrl, clientSecret: PRICES_SECRET, baseUrl: ordersUrl },
    { name: 'catalog', issuerUrl: nowhere, clientSecret: BILLING_SECRET, baseUrl: ordersUrl },
  ];
}

/** A token of a service, and the client that sends it. */
interface Part {
  readonly name: string;
  readonly token: TokenHandle;
  readonly observed: ObservedToken;
  readonly client: Client;
}

async function createPart({ name, issuerUrl, clientSecret, baseUrl }: Setup): Promise<Part> {
  const options = { issuerUrl, clientId: 'billing', clientSecret, resource, scopes, start: 'lazy' } as const;
  const token = await orThrow(Token.create({ ...options, refreshOffsetMs: 120_000, minRefreshPeriodMs: 1_000 }));
  const client = createClient(
    { baseUrl, retry: 1, concurrency: { limit: 4, queue: 20 } },
    withBearerAuth(token),
    withCircuitBreaker({ minimumCalls: 5 }),
  );
  return { name, token, client, observed: { token, from: issuerUrl, clientId: 'billing', clients: [name] } };
}

/** A token that does not expire, as an API key. */
function createStaticPart({ ordersUrl, env }: Servers): Part {
  const token = staticToken(env['PARCELS_TOKEN'] ?? '');
  const client = createClient({ baseUrl: ordersUrl }, withBearerAuth(token));
  return { name: 'parcels', token, client, observed: { token, from: 'env:PARCELS_TOKEN', clients: ['parcels'] } };
}

/** Starts a service that calls its APIs twice a second, and shows its status. */
export async function startService(servers: Servers): Promise<Service> {
  const parts = [...(await Promise.all(listSetups(servers).map(createPart))), createStaticPart(servers)];
  const status = statusHandler({
    tokens: Object.fromEntries(parts.map(({ name, observed }) => [name, observed])),
    clients: Object.fromEntries(parts.map(({ name, client }) => [name, client])),
  });
  await parts.find(({ name }) => name === 'shipments')?.token.get();
  await servers.failing.goDown();
  for (const { token } of parts) void token.get(); // never rejects
  const timer = setInterval(() => {
    for (const { client } of parts) void call(client); // never rejects
  }, 500);
  const server = await serve(status);
  return {
    statusUrl: server.url,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      status[Symbol.dispose]();
      await server.close();
      await Promise.all(parts.flatMap(({ client, token }) => [client.close({ graceMs: 0 }), token.close()]));
    },
  };
}

let next = 0;

/** One call. That some fail is what the page is there to show. */
async function call(client: Client): Promise<void> {
  try {
    next += 1;
    await client.get(`v1/orders/${next}`).text();
  } catch {
    // the status has it
  }
}

/** Serves a function `Request → Response` by `node:http`. Frameworks have this built in. */
async function serve(
  handle: (request: Request) => Response,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', headers } = incoming;
    if (method !== 'GET' && method !== 'HEAD') {
      outgoing.writeHead(405, { allow: 'GET, HEAD' }).end(); // a Request with TRACE cannot be made
      return;
    }
    const gone = new AbortController();
    outgoing.once('close', () => gone.abort());
    const init = { method, headers: { accept: headers.accept ?? '*/*' }, signal: gone.signal };
    const response = handle(new Request('http://127.0.0.1/status', init));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    void copy(response, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/status`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function copy(response: Response, outgoing: ServerResponse): Promise<void> {
  try {
    for await (const chunk of response.body ?? []) outgoing.write(chunk);
  } catch {
    // the page has gone
  }
  outgoing.end();
}

import { formatHttpError } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import { generateKeyPairSync } from 'node:crypto';
import { fakeApi, fakeIssuer, combineFetch, virtualClock } from '@bearings/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import '@bearings/testing/vitest';
import { caught } from '../../../client/test/caught.ts';
import { createClients } from '../../src/clients/create-clients.ts';
import { loadConfig } from '../../src/load-config.ts';
import type { Config } from '../../src/load-config.ts';
import { temporaryFolder } from '../folder.ts';
import { startGuardedServer, startServers } from '../servers.ts';
import type { Servers } from '../servers.ts';

const env = { BILLING: 'billing-secret', STOCK: 'stock-secret' };

/** The `auth` of client `billing` at this issuer. */
const billing = (issuerUrl: string): Record<string, unknown> => ({
  type: 'oauth2_client_credentials',
  issuerUrl,
  clientId: 'billing',
  clientSecretRef: 'env:BILLING',
  scopes: ['orders.read', 'orders.write'],
});

async function loadClients({ api }: Servers, auths: Readonly<Record<string, unknown>>): Promise<Config> {
  const clients = Object.entries(auths).map(([name, auth]) => [name, { baseUrl: `${api.origin}/${name}/`, auth }]);
  return (await loadConfig({ clients: Object.fromEntries(clients) }, { env })).unwrap();
}

test('clients with the same auth share one token', async () => {
  await using servers = await startServers();
  const auth = billing(servers.issuer.issuerUrl);
  const { scopes, ...others } = auth;
  const same = { scopes: [...(scopes as string[])].toReversed(), ...others };
  const config = await loadClients(servers, { orders: auth, bills: same, stock: { ...auth } });
  await using clients = await createClients(config, { names: ['orders', 'bills', 'stock'] });

  const answers = await Promise.all([clients.orders.get('a').json(), clients.bills.get('b').json()]);
  await clients.stock.get('c');

  expect(answers).toMatchObject([{ path: '/orders/a' }, { path: '/bills/b' }]);
  expect(servers.issuer.counts.token).toBe(1);
});

test.each([
  ['client', { clientId: 'stock', clientSecretRef: 'env:STOCK' }],
  ['scopes', { scopes: ['orders.read'] }],
  ['audience', { audience: 'orders' }],
  ['method', { clientAuthMethod: 'client_secret_post' }],
  ['headers', { headers: { 'x-tenant': 'one' } }],
  ['parameters', { extraParams: { tenant: 'one' } }],
])('a different %s means a different token', async (_, difference) => {
  await using servers = await startServers();
  const auth = billing(servers.issuer.issuerUrl);
  await using clients = await createClients(
    await loadClients(servers, { orders: auth, other: { ...auth, ...difference } }),
    { names: ['orders', 'other'] },
  );

  await Promise.all([clients.orders.get(''), clients.other.get('')]);

  expect(servers.issuer.counts.token).toBe(2);
});

test('createClients succeeds while the identity provider is down', async () => {
  await using servers = await startServers();
  const config = await loadClients(servers, { orders: billing(servers.issuer.issuerUrl) });
  await servers.issuer.close();
  await using clients = await createClients(config, { names: ['orders'] });

  const failure = await caught(() => clients.orders.get('').json());

  expect(failure).toMatchObject({ source: 'oauth-bearer', code: 'TOKEN_UNAVAILABLE' });
  expect(servers.api.counts.requests).toBe(0);
});

test('the next token request uses a rotated client secret, without a restart', async () => {
  await using servers = await startServers();
  using folder = temporaryFolder();
  const file = folder.write('secret', 'billing-secret\n');
  const auth = { ...billing(servers.issuer.issuerUrl), clientSecretRef: `file:${file}` };
  await using clients = await createClients(await loadClients(servers, { orders: auth }), { names: ['orders'] });
  await clients.orders.get('');

  folder.write('secret', 'changed-secret\n');
  servers.secrets.splice(0, 1, 'changed-secret');
  servers.issuer.revoke();
  const answer = await clients.orders.get('').json();

  expect(answer).toMatchObject({ clientId: 'billing' });
  expect(servers.issuer.counts).toMatchObject({ granted: 2, refused: 0 });
});

test('createClients creates only the named clients and rejects an unknown name', async () => {
  await using servers = await startServers();
  const config = await loadClients(servers, { orders: { type: 'none' }, stock: { type: 'none' } });

  await using needed = await createClients(config, { names: ['orders'] });
  const error = await caught(() => createClients(config, { names: ['order', 'users'] }));

  expect(Object.keys(needed)).toEqual(['orders', 'close']);
  expect(needed.orders.stages).toContain('retry');
  expect(error.message).toBe(
    'The list of clients has 2 problems\n' +
      '  clients.order is not in the config. Did you mean orders?\n' +
      '  clients.users is not in the config: the clients are orders, stock',
  );
});

test('close() closes the clients and their tokens', async () => {
  await using servers = await startServers();
  const config = await loadClients(servers, { orders: billing(servers.issuer.issuerUrl) });
  const states: string[] = [];
  const clients = await createClients(config, {
    names: ['orders'],
    onToken: (token) => token.subscribe(({ type }) => states.push(type)),
  });
  await clients.orders.get('');

  await clients.close();

  expect(states).toEqual(['acquired', 'closed']);
  expect(await caught(() => clients.orders.get(''))).toMatchObject({ code: 'CLIENT_CLOSED' });
});

test('the settings of a client replace those of its profile', async () => {
  const config = await loadConfig({
    clients: {
      a: {
        baseUrl: 'https://a.internal',
        profile: 'infra',
        timeout: 5_000,
        totalTimeout: false,
        maxResponseBytes: 1_000,
        retry: { limit: 1, maxRetryAfter: 9 },
        concurrency: { limit: 7, queueTimeout: 8 },
        redirects: { limit: 3 },
        headers: { 'x-team': 'billing' },
        userAgent: 'billing/1',
        auth: { type: 'none' },
      },
    },
  });
  const sent: Request[] = [];
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    sent.push(new Request(input, init));
    return Response.json({});
  };
  const timeouts: string[] = [];
  const recordTimeout = layer('network', 'record-timeout', (next) => (request, call) => {
    timeouts.push(`${call.attemptTimeoutMs}`);
    return next(request, call);
  });

  await using clients = await createClients(config.unwrap(), {
    names: ['a'],
    fetch,
    layers: (name) => (name === 'a' ? [recordTimeout] : []),
  });
  await clients.a.get('x');

  expect(clients.a.stages).toContain('concurrency');
  expect(timeouts).toEqual(['5000']);
  expect(sent[0]?.headers.get('x-team')).toBe('billing');
  expect(sent[0]?.headers.get('user-agent')).toBe('billing/1');
});

test('retry.afterStatusCodes and redirects.origins: any are passed to the client', async () => {
  const seen: string[] = [];
  const fetch = async (input: string | URL | Request): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    seen.push(url);
    if (seen.length === 1) return new Response(null, { status: 502, headers: { 'retry-after': '7' } });
    const location = 'https://b.internal/';
    return url === location ? Response.json({}) : new Response(null, { status: 302, headers: { location } });
  };
  const clock = virtualClock();
  const settings = { retry: { limit: 1, afterStatusCodes: [502] }, redirects: { origins: 'any' } };
  const config = await loadConfig({
    clients: { a: { baseUrl: 'https://a.internal', auth: { type: 'none' }, ...settings } },
  });
  await using clients = await createClients(config.unwrap(), { names: ['a'], fetch, clock, random: () => 0 });

  const call = clients.a.get('x');
  await clock.advance(6_999);
  const early = seen.length;
  await clock.advance(1);

  expect([early, (await call).status, seen.at(-1)]).toEqual([1, 200, 'https://b.internal/']);
});

test('clients use the injected clock, fetch and random', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, clients: [{ clientId: 'billing', clientSecret: 'billing-secret' }] });
  const api = fakeApi(issuer, undefined, { clock });
  const document = { clients: { orders: { baseUrl: api.origin, auth: billing(issuer.issuerUrl) } } };
  const config = (await loadConfig(document, { env })).unwrap();
  await using clients = await createClients(config, {
    names: ['orders'],
    clock,
    fetch: combineFetch(issuer, api),
    random: () => 0,
  });

  await clients.orders.get('');
  await clock.advance(1_800_000); // half the lifetime of a token
  await clients.orders.get('');

  expect(issuer.counts.granted).toBe(2);
});

test('a client authenticates with a private key, from a file or a variable', async () => {
  using folder = temporaryFolder();
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  const issuer = fakeIssuer({ clients: [{ clientId: 'billing', publicKey: publicKey.export({ format: 'jwk' }) }] });
  const api = fakeApi(issuer);
  const auth = { type: 'oauth2_client_credentials', issuerUrl: issuer.issuerUrl, clientId: 'billing' };
  const document = {
    clients: {
      a: { baseUrl: api.origin, auth: { ...auth, privateKeyRef: `file:${folder.write('key.pem', pem)}` } },
      b: { baseUrl: api.origin, auth: { ...auth, privateKeyRef: 'env:KEY', clientAuthMethod: 'private_key_jwt' } },
    },
  };
  const config = (await loadConfig(document, { env: { KEY: String(pem) } })).unwrap();
  await using clients = await createClients(config, { names: ['a', 'b'], fetch: combineFetch(issuer, api) });

  const answers = [await clients.a.get('').json(), await clients.b.get('').json()];

  expect(answers).toMatchObject([{ clientId: 'billing' }, { clientId: 'billing' }]);
});

const password = `Basic ${Buffer.from('jörg:static-secret').toString('base64')}`;

test.each([
  { auth: { type: 'bearer', tokenRef: 'env:SECRET' }, header: 'authorization', expected: 'Bearer static-secret' },
  { auth: { type: 'basic', username: 'jörg', passwordRef: 'env:SECRET' }, header: 'authorization', expected: password },
  { auth: { type: 'api_key', keyRef: 'env:SECRET' }, header: 'x-api-key', expected: 'static-secret' },
  { auth: { type: 'api_key', header: 'X-Our', keyRef: 'env:SECRET' }, header: 'x-our', expected: 'static-secret' },
])('$auth.type in $header is sent to the origin of baseUrl only', async ({ auth, header, expected }) => {
  await using other = await startGuardedServer(header, expected);
  await using api = await startGuardedServer(header, expected, `${other.origin}/`);
  const document = { clients: { a: { baseUrl: api.origin, redirects: { origins: [other.origin] }, auth } } };
  const config = (await loadConfig(document, { env: { SECRET: 'static-secret' } })).unwrap();
  await using clients = await createClients(config, { names: ['a'] });

  const answer = await clients.a.fetch('/');
  const redirected = await clients.a.fetch('/elsewhere');
  const elsewhere = await caught(() => clients.a.fetch(`${other.origin}/`));

  expect([answer.status, redirected.status]).toEqual([200, 401]);
  expect(api.seen.map((headers) => headers[header])).toEqual([expected, expected]);
  expect(other.seen.map((headers) => headers[header])).toEqual([undefined]);
  expect(elsewhere).toMatchObject({ code: 'DESTINATION_NOT_ALLOWED' });
  expect([clients, config, elsewhere, formatHttpError(elsewhere, 'failed')]).toHideSecrets(['static-secret', expected]);
});

test('after a 401 a rotated key file is read again and the call succeeds', async () => {
  await using api = await startGuardedServer('x-api-key', 'first-key');
  using folder = temporaryFolder();
  const document = {
    clients: {
      a: { baseUrl: api.origin, auth: { type: 'api_key', keyRef: `file:${folder.write('key', 'first-key\n')}` } },
    },
  };
  await using clients = await createClients((await loadConfig(document)).unwrap(), { names: ['a'] });
  await clients.a.get('');

  folder.write('key', 'second-key\n');
  api.key = 'second-key';
  const answer = await clients.a.get('');

  expect(answer.status).toBe(200);
  expect(api.seen.map((headers) => headers['x-api-key'])).toEqual(['first-key', 'first-key', 'second-key']);
});

test('a call whose secret file was deleted fails with the file name and sends nothing', async () => {
  await using api = await startGuardedServer('x-api-key', 'first-key');
  const folder = temporaryFolder();
  const document = {
    clients: {
      a: { baseUrl: api.origin, auth: { type: 'api_key', keyRef: `file:${folder.write('key', 'first-key')}` } },
    },
  };
  await using clients = await createClients((await loadConfig(document)).unwrap(), { names: ['a'] });

  folder[Symbol.dispose]();
  const failure = await caught(() => clients.a.get(''));

  expect(failure).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
  expect(failure.message).toContain(`names the file ${folder.path}/key, which does not exist`);
  expect(api.seen).toEqual([]);
});

test.each<[string, object]>([
  ['name', { name: ['orders'] }],
  ['names', { names: 'orders' }],
  ['layers', { layers: [] }],
  ['layers', { layers: async () => [] }],
  ['layers', { layers: () => [undefined] }],
  ['clock', { clock: {} }],
])('an unknown or wrong option of createClients is refused: %s', async (field, options) => {
  const auth = { type: 'bearer', tokenRef: 'env:BILLING' };
  const config = (await loadConfig({ clients: { orders: { baseUrl: 'https://api.test/', auth } } }, { env })).unwrap();

  expect(await caught(() => createClients(config, options))).toMatchObject({ code: 'CONFIG', field });
});

test('layers of a client may be in lists, as in createClient', async () => {
  const config = (
    await loadConfig({ clients: { orders: { baseUrl: 'https://api.test/', auth: { type: 'none' } } } })
  ).unwrap();
  const named = (name: string) => layer('network', name, (next) => next);

  await using clients = await createClients(config, {
    names: ['orders'],
    layers: () => [named('one'), [named('two'), named('three')]],
  });

  expect(clients.orders.stages).toEqual(expect.arrayContaining(['one', 'two', 'three']));
});

test.each<[string, unknown]>([
  ['layers must be a function that takes the name of a client and returns a list of layers', []],
  ['layers("orders") must return a list of layers, such as [withTelemetry(), ', async () => []],
  ['not a promise', async () => []],
  ['not a value of type undefined', () => undefined],
  ['not a list with something else in it', () => [[undefined]]],
])('wrong layers get a message that says what is right: %s', async (message, layers) => {
  const config = (
    await loadConfig({ clients: { orders: { baseUrl: 'https://api.test/', auth: { type: 'none' } } } })
  ).unwrap();

  const failure = await caught(() => createClients(config, { layers: layers as () => [] }));

  expect(failure).toMatchObject({ code: 'CONFIG', field: 'layers' });
  expect(failure.message).toContain(message);
});

test('clients are observed and limited as the README shows it', async () => {
  vi.stubEnv('ORDERS_SECRET', 'a secret');
  onTestFinished(() => void vi.unstubAllEnvs());

  const { clients } = await import('./observed-clients.ts');

  expect(clients.orders.stages).toEqual(expect.arrayContaining(['telemetry', 'rate-limit']));
  await clients.close();
});

test('an unknown option of loadConfig is refused', async () => {
  const options: object = { name: ['orders'] };

  expect(await caught(() => loadConfig({ clients: {} }, options))).toMatchObject({
    code: 'CONFIG',
    field: 'name',
  });
});

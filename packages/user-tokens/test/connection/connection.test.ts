import { systemClock } from '@bearings/client';
import { withUndici } from '@bearings/undici';
import { expect, test } from 'vitest';
import { Connection } from '../../src/connection/connection.ts';
import type { ConnectionConfig } from '../../src/connection/connection-config.ts';

const issuerUrl = 'https://id.test';
const client = { clientId: 'app', clientSecret: 'a secret', scopes: ['read'] };

interface Network {
  readonly fetch: typeof globalThis.fetch;
  readonly bodies: URLSearchParams[];
  readonly urls: string[];
}

/** Answers each URL with a JSON body; a POST is recorded. */
function network(answers: Readonly<Record<string, unknown>>): Network {
  const bodies: URLSearchParams[] = [];
  const urls: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    urls.push(request.url);
    if (request.method === 'POST') bodies.push(new URLSearchParams(await request.text()));
    const answer = answers[request.url];
    return answer === undefined ? new Response('', { status: 404 }) : Response.json(answer);
  };
  return { fetch, bodies, urls };
}

const times = { clock: systemClock, random: () => 0, requestTimeoutMs: 10_000 };

const create = (config: ConnectionConfig, { fetch }: Network): Connection =>
  Connection.create('erp', config, { ...times, fetch }).unwrap();

const codeRequest = {
  params: [['grant_type', 'authorization_code']] as [string, string][],
  retry: 'never' as const,
  scopes: ['read'],
  signal: new AbortController().signal,
  isProbe: false,
};

test('a request has the params of the connection, its resources, and the authentication of its client', async () => {
  const servers = network({ 'https://id.test/token': { access_token: 'at', token_type: 'Bearer' } });
  const endpoints = { authorization: 'https://id.test/authorize', token: 'https://id.test/token' };
  const config = { ...client, endpoints, tokenParams: { tenant: 'a' }, resource: ['https://api.test'] };

  const issued = (await create(config, servers).request(codeRequest)).unwrap();

  expect(issued.value).toBe('at');
  expect(Object.fromEntries(servers.bodies[0] ?? [])).toEqual({
    grant_type: 'authorization_code',
    resource: 'https://api.test',
    tenant: 'a',
  });
});

test('a token without expires_in does not expire where the provider says so', async () => {
  const token = { access_token: 'at', token_type: 'bearer' };
  const answers = {
    'https://id.test/.well-known/openid-configuration': { issuer: issuerUrl, token_endpoint: 'https://id.test/token' },
  };
  const endless = { ...client, issuerUrl, defaultTtlMs: Infinity };

  const without = await create(endless, network({ ...answers, 'https://id.test/token': token })).request(codeRequest);
  const withTtl = await create(
    endless,
    network({ ...answers, 'https://id.test/token': { ...token, expires_in: 60 } }),
  ).request(codeRequest);

  expect(without.unwrap().lifetimeMs).toBe(Infinity);
  expect(withTtl.unwrap().lifetimeMs).toBe(60_000);
});

test('an error in the settings names the connection and the setting', () => {
  const wrong = Connection.create('erp', { ...client, issuerUrl: 'ftp://id.test' }, times);
  const missing = Connection.create('erp', client, times);

  expect(wrong.unwrapErr().field).toBe('connections.erp.issuerUrl');
  expect(wrong.unwrapErr().message).toMatch(/^connections\.erp\.issuerUrl must be https/);
  expect(missing.unwrapErr().field).toBe('connections.erp.issuerUrl');
});

const mcp = 'https://mcp.test/mcp';
const mcpMetadata = { resource: mcp, authorization_servers: [issuerUrl] };
const issuerMetadata = { issuer: issuerUrl, token_endpoint: 'https://id.test/token' };
const mcpAnswers = {
  'https://mcp.test/.well-known/oauth-protected-resource/mcp': mcpMetadata,
  'https://id.test/.well-known/oauth-authorization-server': issuerMetadata,
  'https://id.test/token': { access_token: 'at', token_type: 'Bearer', expires_in: 60 },
};

test('the issuer of a protected resource is found by its metadata, and tokens are for that resource', async () => {
  const servers = network(mcpAnswers);
  const connection = create({ ...client, protectedResource: mcp }, servers);

  const server = (await connection.server()).unwrap();
  await connection.request(codeRequest);

  expect(server.issuer).toBe(issuerUrl);
  expect(connection.resources).toEqual([mcp]);
  expect(servers.bodies[0]?.get('resource')).toBe(mcp);
  expect(servers.urls.filter((url) => url.includes('protected-resource'))).toHaveLength(1);
});

test('the metadata of a protected resource are also found at the root of its origin', async () => {
  const { 'https://mcp.test/.well-known/oauth-protected-resource/mcp': _, ...others } = mcpAnswers;
  const root = { ...mcpMetadata, resource: 'https://mcp.test' };
  const servers = network({ ...others, 'https://mcp.test/.well-known/oauth-protected-resource': root });
  const connection = create({ ...client, protectedResource: mcp }, servers);

  expect((await connection.server()).unwrap().issuer).toBe(issuerUrl);
  expect(connection.resources).toEqual(['https://mcp.test']);
});

test.each([
  ['that name another resource', { ...mcpMetadata, resource: 'https://evil.test/mcp' }],
  ['without an authorization server', { resource: mcp }],
  ['whose authorization server is not https', { ...mcpMetadata, authorization_servers: ['http://id.test'] }],
  ['that are not an object', 'text'],
])('metadata of a protected resource %s are refused', async (_, metadata) => {
  const place = 'https://mcp.test/.well-known/oauth-protected-resource/mcp';
  const connection = create({ ...client, protectedResource: mcp }, network({ ...mcpAnswers, [place]: metadata }));

  const failure = (await connection.server()).unwrapErr();

  expect(failure.code).toBe('INVALID_TOKEN_RESPONSE');
});

test('a protected resource that does not answer is unavailable, and is asked again the next time', async () => {
  let isDown = true;
  const servers = network(mcpAnswers);
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (isDown) throw new TypeError('fetch failed');
    return servers.fetch(input, init);
  };
  const connection = Connection.create('erp', { ...client, protectedResource: mcp }, { ...times, fetch }).unwrap();

  expect((await connection.server()).unwrapErr().code).toBe('TOKEN_UNAVAILABLE');
  isDown = false;
  expect((await connection.server()).isOk()).toBe(true);
});

test('a grant of another issuer is not sent to the one that a protected resource names now', async () => {
  const servers = network(mcpAnswers);
  const connection = create({ ...client, protectedResource: mcp }, servers);

  const refused = await connection.request({ ...codeRequest, issuer: 'https://old.test' });
  const sent = await connection.request({ ...codeRequest, issuer: issuerUrl });

  expect(refused.unwrapErr()).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED', reason: 'client_changed' });
  expect([sent.isOk(), servers.bodies.length]).toEqual([true, 1]);
});

const keyPair = { cert: { file: '/etc/tls/tls.crt' }, key: { file: '/etc/tls/tls.key' } }; // read when a request is sent

test.each([
  [true, 'without authentication', { clientAuthMethod: 'none' }],
  [false, 'with a secret', { clientSecret: 'a secret' }],
  [false, 'with an assertion', { clientAssertion: { file: '/var/run/assertion' } }],
  [false, 'with a certificate of an authority', { clientAuthMethod: 'tls_client_auth' }],
  [false, 'with a registered certificate', { clientAuthMethod: 'self_signed_tls_client_auth' }],
] as const)('that a client is public is %s for one %s', (isPublic, _, credential) => {
  const config = { issuerUrl, clientId: 'app', scopes: [], ...credential };

  const connection = Connection.create('erp', config, { ...times, network: withUndici({ tls: keyPair }) }).unwrap();

  expect(connection.isPublic).toBe(isPublic);
});

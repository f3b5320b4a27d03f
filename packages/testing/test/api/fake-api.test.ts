import { expect, test } from 'vitest';
import { fakeApi } from '../../src/api/fake-api.ts';
import type { FakeApiOptions, Routes } from '../../src/api/fake-api.ts';
import { fakeIssuer } from '../../src/issuer/fake-issuer.ts';
import { combineFetch } from '../../src/server/combine-fetch.ts';
import { virtualClock } from '../../src/clock/virtual-clock.ts';

const clock = virtualClock();

/** An API, with functions to get a token and to call it. */
function setUp(routes?: Routes, options: FakeApiOptions = {}) {
  const issuer = fakeIssuer({ clock, tokenFormat: 'opaque' });
  const api = fakeApi(issuer, routes, { clock, ...options });
  const token = async (scope = 'orders.read'): Promise<string> => {
    const { clientId, clientSecret } = issuer.credentials;
    const body = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope };
    const request = { method: 'POST', body: new URLSearchParams({ ...body, audience: 'https://api.test' }) };
    const granted = await (await issuer.fetch(issuer.tokenEndpoint, request)).json();
    return (granted as { access_token: string }).access_token;
  };
  const call = (path: string, value?: string, init: RequestInit = {}): Promise<Response> =>
    api.fetch(new URL(path, api.origin), { ...init, headers: value === undefined ? {} : { authorization: value } });
  return { issuer, api, token, call };
}

test('a call with a valid token gets the facts of the request', async () => {
  const { token, call } = setUp();

  const answer = await call('/v1/orders/42', `Bearer ${await token()}`);

  expect(await answer.json()).toEqual({
    method: 'GET',
    path: '/v1/orders/42',
    clientId: 'test-client',
    scopes: ['orders.read'],
  });
});

test('a request without credentials gets a challenge without an error code (RFC 6750 §3.1)', async () => {
  const { call } = setUp();

  const answer = await call('/v1/orders/42');

  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="fake-api"']);
});

test('an unknown, revoked or expired token gets invalid_token and the reason', async () => {
  const { issuer, token, call } = setUp();
  const revoked = await token();
  issuer.revoke(revoked);
  const expired = await token();
  await clock.advance(3_600_000);

  const challenges = [];
  for (const value of ['made-up', revoked, expired]) {
    const answer = await call('/', `Bearer ${value}`);
    challenges.push([answer.status, answer.headers.get('www-authenticate')]);
  }

  expect(challenges).toEqual(
    ['unknown', 'revoked', 'expired'].map((reason) => [
      401,
      `Bearer realm="fake-api", error="invalid_token", error_description="The token is ${reason}"`,
    ]),
  );
});

test('a missing scope gets 403 and is named in the challenge', async () => {
  const { token, call } = setUp({
    'GET /v1/orders/:id': { scopes: ['orders.read', 'orders.all'], answer: () => ({}) },
  });

  const answer = await call('/v1/orders/42', `Bearer ${await token()}`);

  expect(answer.status).toBe(403);
  expect(answer.headers.get('www-authenticate')).toContain(
    'error="insufficient_scope", scope="orders.read orders.all"',
  );
});

test('a credential that is not a bearer token gets invalid_request', async () => {
  const { call } = setUp();

  const answer = await call('/', 'Basic abc');

  expect(answer.status).toBe(400);
  expect(answer.headers.get('www-authenticate')).toContain('error="invalid_request"');
});

test('a token for another audience is rejected', async () => {
  const { token, call } = setUp(undefined, { audience: 'https://other.test' });

  const answer = await call('/', `Bearer ${await token()}`);

  expect(answer.status).toBe(401);
});

test('the token can be in another header', async () => {
  const { token, api } = setUp(undefined, { header: 'x-token' });

  const answer = await api.fetch(`${api.origin}/`, { headers: { 'x-token': `Bearer ${await token()}` } });

  expect(answer.status).toBe(200);
});

test('a route is chosen by method and path, and gets the call', async () => {
  const { token, call } = setUp({
    'GET /v1/orders/:id': ({ params }) => ({ id: params['id'] }),
    'POST /v1/orders': async ({ request }) => new Response(await request.text(), { status: 201 }),
  });
  const value = `Bearer ${await token()}`;

  const got = await call('/v1/orders/42?x=1', value);
  const posted = await call('/v1/orders', value, { method: 'POST', body: 'an order' });
  const unknown = await call('/v1/customers', value);

  expect(await got.json()).toEqual({ id: '42' });
  expect([posted.status, await posted.text()]).toEqual([201, 'an order']);
  expect(unknown.status).toBe(404);
});

test.each(['fetch', 'a connection'])(
  'HEAD to a route for GET gets its status and headers without the body, by %s',
  async (way) => {
    const { token, api } = setUp({
      '* /v1/*': () => Response.json({ error: 'other' }, { status: 404 }),
      'GET /orders/:id': ({ params }) => Response.json(params, { status: 203, headers: { etag: '"1"' } }),
      'HEAD /head': () => new Response(null, { status: 204 }),
      'GET /head': () => ({}),
    });
    if (way === 'a connection') await api.listen();
    const fetch = way === 'fetch' ? api.fetch : globalThis.fetch;
    const headers = { authorization: `Bearer ${await token()}` };
    const ask = (path: string, method: string) => fetch(`${api.origin}${path}`, { method, headers });

    const [got, asked] = [await ask('/orders/42', 'GET'), await ask('/orders/42', 'HEAD')];
    const statuses = [await ask('/v1/x', 'HEAD'), await ask('/head', 'HEAD'), await ask('/none', 'HEAD')];
    await api.close();

    expect([got.status, await got.text()]).toEqual([203, '{"id":"42"}']);
    expect([asked.status, await asked.text(), asked.body]).toEqual([203, '', null]);
    expect(['etag', 'content-type', 'content-length'].map((name) => asked.headers.get(name))).toEqual(
      ['etag', 'content-type', 'content-length'].map((name) => got.headers.get(name)),
    );
    expect(statuses.map(({ status }) => status)).toEqual([404, 204, 404]);
  },
);

test('counts has the number of all, unauthorized and forbidden requests', async () => {
  const { token, call, api } = setUp({ 'GET /': { scopes: ['admin'], answer: () => ({}) } });

  await call('/');
  await call('/', `Bearer ${await token()}`);
  await call('/', `Bearer ${await token('admin')}`);

  expect(api.counts).toEqual({ requests: 3, unauthorized: 1, forbidden: 1 });
  expect(api.requests.map(({ endpoint, status }) => [endpoint, status])).toEqual([
    ['GET /', 401],
    ['GET /', 403],
    ['GET /', 200],
  ]);
});

test('fakeApi rejects a route without method and path', () => {
  expect(() => fakeApi(fakeIssuer(), { '/v1/orders': () => ({}) })).toThrow("'GET /v1/orders/:id', not '/v1/orders'");
});

test('combineFetch reaches each server at its origin and no other host', async () => {
  const issuer = fakeIssuer();
  const api = fakeApi(issuer);
  const fetch = combineFetch(issuer, api);

  expect((await fetch(`${issuer.origin}/jwks`)).status).toBe(200);
  expect((await fetch(`${api.origin}/`)).status).toBe(401);
  await expect(fetch('https://elsewhere.test/')).rejects.toMatchObject({ cause: { code: 'ENOTFOUND' } });
});

test('a protected resource publishes its metadata, and a challenge names them', async () => {
  const issuer = fakeIssuer();
  const api = fakeApi(
    issuer,
    { 'POST /mcp': { scopes: ['files.read'], answer: () => ({}) } },
    { origin: 'https://mcp.test', resourcePath: '/mcp' },
  );

  const refused = await api.fetch('https://mcp.test/mcp', { method: 'POST' });
  const challenge = refused.headers.get('www-authenticate') ?? '';
  const metadataUrl = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '';
  const metadata = await (await api.fetch(metadataUrl)).json();

  expect(refused.status).toBe(401);
  expect(metadata).toMatchObject({
    resource: 'https://mcp.test/mcp',
    authorization_servers: [issuer.issuerUrl],
    scopes_supported: ['files.read'],
  });
});

test('without resourcePath there are no metadata', async () => {
  const api = fakeApi(fakeIssuer());

  const answer = await api.fetch(`${api.origin}/.well-known/oauth-protected-resource`);

  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="fake-api"']);
});

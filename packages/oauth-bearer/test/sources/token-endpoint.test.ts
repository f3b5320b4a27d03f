import { TokenEndpoint } from '@bearings/oauth-bearer/source';
import { expect, test } from 'vitest';

const issuer = 'https://id.test';
const signal = new AbortController().signal;
const refresh = {
  params: [
    ['grant_type', 'refresh_token'],
    ['refresh_token', 'rt_CANARY'],
  ] satisfies [string, string][],
  retry: 'once' as const,
  scopes: ['orders.read'],
  signal,
  isProbe: false,
};

/** A server whose endpoints are functions, and what was sent to them. */
function createServer(answer: (form: URLSearchParams) => Response, metadata: Record<string, unknown> = {}) {
  const seen: { readonly path: string; readonly form: URLSearchParams }[] = [];
  const fetch = (async (input, init) => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    if (request.method === 'GET') return Response.json({ issuer, token_endpoint: `${issuer}/token`, ...metadata });
    const form = new URLSearchParams(await request.text());
    seen.push({ path: pathname, form });
    return answer(form);
  }) satisfies typeof globalThis.fetch;
  const endpoint = TokenEndpoint.create({
    issuerUrl: issuer,
    clientId: 'app',
    clientSecret: 'cs',
    fetch,
    random: () => 0,
  });
  return { endpoint: endpoint.unwrap(), seen };
}

const issued = (members: Record<string, unknown> = {}): Response =>
  Response.json({ access_token: 'at', token_type: 'Bearer', expires_in: 60, ...members });

test('a grant is sent with its parameters, and the answer keeps what came besides the token', async () => {
  const { endpoint, seen } = createServer(() => issued({ refresh_token: 'rt_2' }));

  const token = (await endpoint.request(refresh)).unwrap();

  expect(Object.fromEntries(seen[0]?.form ?? [])).toEqual({ grant_type: 'refresh_token', refresh_token: 'rt_CANARY' });
  expect([token.value, token.scopes, token.extras?.refreshToken?.expose()]).toEqual(['at', ['orders.read'], 'rt_2']);
});

test.each([
  ['safe', 3],
  ['once', 2],
  ['never', 1],
] as const)('a grant of the retry class %s is sent %i times to a server that fails', async (retry, times) => {
  const { endpoint, seen } = createServer(() => new Response(null, { status: 500 }));

  const triggers: unknown[] = [];

  const failed = await endpoint.request({ ...refresh, retry, onRetry: ({ trigger }) => triggers.push(trigger) });

  expect([failed.isErr(), seen.length]).toEqual([true, times]);
  expect(triggers).toEqual(Array.from({ length: times - 1 }, () => 500));
});

test('a refresh token that the server quotes is not in the error', async () => {
  const { endpoint } = createServer((form) =>
    Response.json(
      { error: 'invalid_grant', error_description: `${form.get('refresh_token')} is unknown` },
      { status: 400 },
    ),
  );

  const failed = await endpoint.request(refresh);

  expect(failed.isErr() && failed.error.message).toContain('invalid_grant');
  expect(failed.isErr() && failed.error.message).not.toContain('CANARY');
});

test('an answer of another form is adapted before it is read', async () => {
  const { endpoint } = createServer(() => Response.json({ ok: true, authed_user: { access_token: 'xoxp' } }));

  const token = await endpoint.request({
    ...refresh,
    adapt: (response) => ({ ...response, text: JSON.stringify(JSON.parse(response.text).authed_user) }),
  });

  expect(token.unwrap().value).toBe('xoxp');
});

test('a token is revoked at the endpoint in the metadata', async () => {
  const { endpoint, seen } = createServer(() => new Response(null), { revocation_endpoint: `${issuer}/revoke` });

  const revoked = await endpoint.revoke({ token: 'rt', tokenTypeHint: 'refresh_token', signal });

  expect(revoked.unwrap()).toBe(true);
  expect(seen.map(({ path, form }) => [path, form.toString()])).toEqual([
    ['/revoke', 'token=rt&token_type_hint=refresh_token'],
  ]);
});

test('a token is revoked at the endpoint that the caller names', async () => {
  const { endpoint, seen } = createServer(() => new Response(null), { revocation_endpoint: `${issuer}/revoke` });

  await endpoint.revoke({ token: 'rt', tokenTypeHint: 'refresh_token', url: `${issuer}/other`, signal });

  expect(seen[0]?.path).toBe('/other');
});

test('a server without a revocation endpoint is not asked', async () => {
  const { endpoint, seen } = createServer(() => new Response(null));

  const revoked = await endpoint.revoke({ token: 'rt', tokenTypeHint: 'refresh_token', signal });

  expect([revoked.unwrap(), seen]).toEqual([false, []]);
});

test('a revocation that the server refuses is an error', async () => {
  const { endpoint } = createServer(() => Response.json({ error: 'unsupported_token_type' }, { status: 400 }), {
    revocation_endpoint: `${issuer}/revoke`,
  });

  const revoked = await endpoint.revoke({ token: 'rt', tokenTypeHint: 'refresh_token', signal });

  expect(revoked.isErr() && revoked.error).toMatchObject({ code: 'TOKEN_HTTP', oauthError: 'unsupported_token_type' });
});

test('a server that takes JSON gets the same parameters and client authentication as JSON', async () => {
  let seen: Request | undefined;
  const fetch = (async (input, init) => {
    seen = new Request(input, init);
    return issued();
  }) satisfies typeof globalThis.fetch;
  const config = { tokenEndpoint: `${issuer}/token`, clientId: 'app', clientSecret: 'cs', fetch };
  const posted = { clientAuthMethod: 'client_secret_post' } as const;

  const token = await TokenEndpoint.create({ ...config, ...posted })
    .unwrap()
    .request({ ...refresh, bodyFormat: 'json' });

  expect([token.isOk(), seen?.headers.get('content-type')]).toEqual([true, 'application/json']);
  expect(await seen?.json()).toEqual({
    grant_type: 'refresh_token',
    refresh_token: 'rt_CANARY',
    client_id: 'app',
    client_secret: 'cs',
  });
});

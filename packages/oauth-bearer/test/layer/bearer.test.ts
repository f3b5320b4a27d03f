import { createClient } from '@bearings/client';
import type { Client, ClientOptions } from '@bearings/client';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { caught } from '../../../client/test/caught.ts';
import { broken, ok, redirectTo, scriptedFetch, status, times } from '../../../client/test/scripted.ts';
import type { ScriptedFetch } from '../../../client/test/scripted.ts';
import { withBearerAuth, withBearerAuthHeader } from '../../src/layer/bearer.ts';
import type { BearerAuthOptions } from '../../src/layer/bearer.ts';
import { staticToken } from '../../src/sources/static-token.ts';
import type { TokenHandle } from '../../src/token/token-handle.ts';
import { canary, fakeIssuer, outage, refuse, tokenFrom } from '../fake-issuer.ts';
import { virtualClock } from '@bearings/testing';

const baseUrl = 'https://api.example';
const rejection = status(401, { 'www-authenticate': 'Bearer realm="api", error="invalid_token"' });

function apiWith(
  token: TokenHandle,
  fetch: typeof globalThis.fetch,
  { auth, ...options }: ClientOptions & { readonly auth?: BearerAuthOptions } = {},
): Client {
  const clock = virtualClock();
  return createClient({ baseUrl, fetch, clock, random: () => 0, ...options }, withBearerAuth(token, auth));
}

const sentTokens = ({ sent }: ScriptedFetch): readonly (string | null)[] =>
  sent.map(({ headers }) => headers.get('authorization'));

test('every request carries the token', async () => {
  const network = scriptedFetch(ok, ok);
  const api = apiWith(await tokenFrom(fakeIssuer()), network);

  await api.get('me');
  await api.fetch('/you');

  expect(sentTokens(network)).toEqual(['Bearer at_CANARY_1', 'Bearer at_CANARY_1']);
});

test('each attempt reads the token anew', async () => {
  const token = await tokenFrom(fakeIssuer());
  const network = scriptedFetch(async () => {
    await token.invalidate();
    return new Response(null, { status: 503 });
  }, ok);

  await apiWith(token, network).get('me');

  expect(sentTokens(network)).toEqual(['Bearer at_CANARY_1', 'Bearer at_CANARY_2']);
});

test.each([
  ['invalid_token', rejection],
  ['no challenge at all', status(401)],
  ['a Bearer challenge without an error', status(401, { 'www-authenticate': 'Bearer realm="api"' })],
  ['a challenge of another scheme only', status(401, { 'www-authenticate': 'Token, Basic realm="api"' })],
])('a 401 with %s rotates the token and replays once', async (_, answer) => {
  const network = scriptedFetch(answer, ok);
  const issuer = fakeIssuer();

  const response = await apiWith(await tokenFrom(issuer), network).fetch('/me');

  expect(response.status).toBe(200);
  expect(sentTokens(network)).toEqual(['Bearer at_CANARY_1', 'Bearer at_CANARY_2']);
  expect(issuer.asked).toHaveLength(2);
});

test.each([
  ['a 401 for want of scope', status(401, { 'www-authenticate': 'Bearer error="insufficient_scope"' })],
  ['a 403', status(403, { 'www-authenticate': 'Bearer error="invalid_token"' })],
])('%s is not replayed and rotates nothing', async (_, answer) => {
  const network = scriptedFetch(answer);
  const issuer = fakeIssuer();

  const response = await apiWith(await tokenFrom(issuer), network).fetch('/me');

  expect(response.ok).toBe(false);
  expect(network.sent).toHaveLength(1);
  expect(issuer.asked).toHaveLength(1);
});

test('a second 401 goes to the caller', async () => {
  const network = scriptedFetch(rejection, rejection);
  const issuer = fakeIssuer();

  const response = await apiWith(await tokenFrom(issuer), network).fetch('/me');

  expect(response.status).toBe(401);
  expect(network.sent).toHaveLength(2);
  expect(issuer.asked).toHaveLength(2);
});

test.each<[string, string | URLSearchParams | Uint8Array<ArrayBuffer>]>([
  ['text', '{"a":1}'],
  ['a form', new URLSearchParams({ a: '1 & 2' })],
  ['bytes', new Uint8Array([0, 255, 128, 10])],
])('a body of %s is replayed as it was', async (_, body) => {
  const network = scriptedFetch(rejection, ok);

  const response = await apiWith(await tokenFrom(fakeIssuer()), network).fetch('/things', { method: 'POST', body });

  expect(response.status).toBe(200);
  expect(network.sent).toHaveLength(2);
  expect(network.sent[0]?.body).not.toBe('');
  expect(network.sent[1]?.body).toBe(network.sent[0]?.body);
  expect(network.sent[1]?.headers.get('content-type')).toBe(network.sent[0]?.headers.get('content-type'));
});

test("ky's json body is replayed as it was", async () => {
  const network = scriptedFetch(rejection, ok);

  await apiWith(await tokenFrom(fakeIssuer()), network).post('things', { json: { a: 1 } });

  expect(network.sent.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}']);
});

test('a streamed body is not replayed, but the token is rotated for the next call', async () => {
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer);
  const network = scriptedFetch(rejection, ok);
  const api = apiWith(token, network);
  const body = new Blob(['once']).stream();

  const response = await api.fetch('/things', { method: 'POST', body, duplex: 'half' });
  await api.fetch('/me');

  expect(response.status).toBe(401);
  expect(sentTokens(network)).toEqual(['Bearer at_CANARY_1', 'Bearer at_CANARY_2']);
});

test('when the rotation fails, the caller gets the 401', async () => {
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer);
  issuer.willAnswer(...outage);
  const network = scriptedFetch(status(401, {}, 'the first words'));

  const response = await apiWith(token, network).fetch('/me');

  expect(response.status).toBe(401);
  expect(await response.text()).toBe('the first words');
});

test.each([
  '//evil.example/x',
  String.raw`/\evil.example/x`,
  'https://api.example.evil.example/x',
  'https://api.example:8443/x',
  'https://evil.example/x',
])('the token does not go to %s', async (url) => {
  const network = scriptedFetch();

  const error = await caught(async () => apiWith(await tokenFrom(fakeIssuer()), network).fetch(url));

  expect(error).toMatchObject({ code: 'DESTINATION_NOT_ALLOWED' });
  expect(network.sent).toHaveLength(0);
  expect(error).toHideSecrets(canary);
});

test.each(['https://api.example@evil.example/x', 'http://api.example/x'])('nothing at all goes to %s', async (url) => {
  const network = scriptedFetch();

  const error = await caught(async () => apiWith(await tokenFrom(fakeIssuer()), network).fetch(url));

  expect(Reflect.get(error, 'source')).toBe('client');
  expect(network.sent).toHaveLength(0);
});

test('a token without a destination is a ConfigError when the client is created', () => {
  const make = (auth?: BearerAuthOptions): Client => createClient({}, withBearerAuth(staticToken('at_CANARY_f'), auth));

  expect(() => make()).toThrow(expect.objectContaining({ code: 'CONFIG', field: 'origins' }));
  expect(() => make({ origins: [] })).toThrow(expect.objectContaining({ code: 'CONFIG', field: 'origins' }));
});

test.each(['https://api.example/v1', 'api.example', 'https://u:CANARY@api.example', 'data:x', 'https://api.example?a'])(
  '%s is not an origin',
  async (origin) => {
    const auth = { origins: [origin] };

    const error = await caught(() => apiWith(staticToken('at_CANARY_f'), scriptedFetch(), { auth }));

    expect(error).toMatchObject({ code: 'CONFIG', field: 'origins' });
    expect(error.message).not.toContain('CANARY');
  },
);

test('the token goes to the listed origins, and to no other', async () => {
  const network = scriptedFetch(ok);
  const api = apiWith(staticToken('at_CANARY_f'), network, { auth: { origins: ['https://other.example'] } });

  await api.fetch('https://other.example/x');
  const error = await caught(() => api.get('me'));

  expect(sentTokens(network)).toEqual(['Bearer at_CANARY_f']);
  expect(error).toMatchObject({ code: 'DESTINATION_NOT_ALLOWED' });
});

test('a call without a token fails with the reason, is not retried, and sends nothing', async () => {
  const issuer = fakeIssuer(refuse(401, { error: 'invalid_client' }));
  const network = scriptedFetch();
  const token = await tokenFrom(issuer, { start: 'lazy' });

  const error = await caught(() => apiWith(token, network, { retry: 5 }).get('me'));

  expect(error).toMatchObject({ source: 'oauth-bearer', code: 'TOKEN_HTTP', oauthError: 'invalid_client' });
  expect(issuer.asked).toHaveLength(1);
  expect(network.sent).toHaveLength(0);
  expect(error).toHideSecrets(canary);
});

test('the replay is not a retry, and does not multiply with it', async () => {
  const network = scriptedFetch(rejection, broken('ECONNRESET'), ok);

  const response = await apiWith(await tokenFrom(fakeIssuer()), network).fetch('/me');

  expect(response.status).toBe(200);
  expect(sentTokens(network)).toEqual(['Bearer at_CANARY_1', 'Bearer at_CANARY_2', 'Bearer at_CANARY_2']);
});

test('a header that is there already is replaced', async () => {
  const network = scriptedFetch(ok);

  await apiWith(staticToken('at_CANARY_f'), network).fetch('/me', { headers: { authorization: 'Basic x' } });

  expect(sentTokens(network)).toEqual(['Bearer at_CANARY_f']);
});

test('with respectExisting a header that is there already is kept', async () => {
  const network = scriptedFetch(rejection);
  const issuer = fakeIssuer();
  const api = apiWith(await tokenFrom(issuer), network, { auth: { respectExisting: true } });

  const response = await api.fetch('/me', { headers: { authorization: 'Basic x' } });

  expect(response.status).toBe(401);
  expect(sentTokens(network)).toEqual(['Basic x']);
  expect(issuer.asked).toHaveLength(1);
});

test('the token may go in a header of another name, with the same protection', async () => {
  const network = scriptedFetch(ok);
  const fetch = network;
  const api = createClient({ baseUrl, fetch }, withBearerAuthHeader(staticToken('at_CANARY_f'), 'X-Forwarded-Auth'));

  await api.fetch('/me');
  const error = await caught(() => api.fetch('https://evil.example/'));

  expect(network.sent[0]?.headers.get('x-forwarded-auth')).toBe('Bearer at_CANARY_f');
  expect(network.sent[0]?.headers.has('authorization')).toBe(false);
  expect(error).toMatchObject({ code: 'DESTINATION_NOT_ALLOWED' });
  expect(api.stages).toContain('bearer(x-forwarded-auth)');
});

test('two hundred parallel calls with a rejected token make one rotation', async () => {
  const issuer = fakeIssuer();
  let rejections = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { headers } = new Request(input, init);
    await Promise.resolve();
    if (headers.get('authorization') === 'Bearer at_CANARY_2') return new Response('ok');
    rejections += 1;
    return new Response(null, { status: 401 });
  };
  const api = apiWith(await tokenFrom(issuer), fetch);

  const responses = await Promise.all(Array.from({ length: 200 }, () => api.fetch('/me')));

  expect(responses.every(({ ok: isOk }) => isOk)).toBe(true);
  expect(rejections).toBeGreaterThan(100);
  expect(issuer.asked).toHaveLength(2);
});

test('a 401 of another origin, reached by a redirect, does not reject the token', async () => {
  const issuer = fakeIssuer();
  const network = scriptedFetch(redirectTo('https://files.example/x'), rejection);
  const redirects = { origins: ['https://files.example'] };

  const response = await apiWith(await tokenFrom(issuer), network, { redirects }).fetch('/me');

  expect(response.status).toBe(401);
  expect(sentTokens(network)).toEqual(['Bearer at_CANARY_1', null]);
  expect(issuer.asked).toHaveLength(1);
});

test("the caller's abort reason passes through a rotation unchanged", async () => {
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer);
  const caller = new AbortController();
  const reason = new Error('user left');
  issuer.willAnswer(() => {
    caller.abort(reason);
    return Promise.withResolvers<Response>().promise;
  });

  const failure = apiWith(token, scriptedFetch(rejection)).fetch('/me', { signal: caller.signal });

  await expect(failure).rejects.toBe(reason);
});

test('a static token is not rotated: the 401 goes to the caller', async () => {
  const network = scriptedFetch(...times(2, rejection));

  const response = await apiWith(staticToken('at_CANARY_f'), network).fetch('/me');

  expect(response.status).toBe(401);
  expect(network.sent).toHaveLength(1);
});

test('neither the client nor its stages print the token', async () => {
  const network = scriptedFetch(ok);
  const api = apiWith(await tokenFrom(fakeIssuer()), network);

  await api.get('me');

  expect(api).toHideSecrets(canary);
  expect(api.stages).toHideSecrets(canary);
});

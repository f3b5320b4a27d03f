import { createClient, isBearingsError } from '@bearings/client';
import { expect, test } from 'vitest';
import { caught } from '../../../client/test/caught.ts';
import { ok, scriptedFetch, status } from '../../../client/test/scripted.ts';
import { parseBearerChallenge } from '../../src/layer/challenge.ts';
import { withBearerAuth, withBearerAuthHeader } from '../../src/layer/bearer.ts';
import { fakeIssuer, tokenFrom } from '../fake-issuer.ts';

const baseUrl = 'https://api.example';

test.each([
  ['Token', 'Token at_CANARY_1', 'Token at_CANARY_2'],
  ['', 'at_CANARY_1', 'at_CANARY_2'],
  [undefined, 'Bearer at_CANARY_1', 'Bearer at_CANARY_2'],
])('a token is written in another header with the prefix %j, also when it is replayed', async (prefix, ...written) => {
  const network = scriptedFetch(status(401), ok);
  const token = await tokenFrom(fakeIssuer());
  const options = prefix === undefined ? {} : { prefix };
  const api = createClient({ baseUrl, fetch: network }, withBearerAuthHeader(token, 'X-Access-Token', options));

  await api.get('me');

  expect(network.sent.map(({ headers }) => headers.get('x-access-token'))).toEqual(written);
  expect(network.sent.map(({ headers }) => headers.get('authorization'))).toEqual([null, null]);
});

test('an echo of a token with a prefix of its own is not in the preview of an error', async () => {
  const network = scriptedFetch(status(400, { 'content-type': 'text/plain' }, 'you sent at_CANARY_1'));
  const api = createClient(
    { baseUrl, fetch: network },
    withBearerAuth(await tokenFrom(fakeIssuer()), { prefix: 'Token' }),
  );

  const error = await caught(() => api.get('me'));

  expect(error).toMatchObject({ preview: 'you sent [REDACTED]' });
});

test.each(['a b', 'a\n', 'é', 5])('%j is not a prefix', async (prefix) => {
  const token = await tokenFrom(fakeIssuer());

  expect(() => createClient({ baseUrl }, withBearerAuth(token, { prefix: prefix as string }))).toThrow(/prefix/);
});

test('a challenge with claims (continuous access evaluation) is handed to the caller, and does not rotate', async () => {
  const claims = btoa('{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}');
  const challenge = `Bearer realm="", authorization_uri="https://login.example/", error="insufficient_claims", claims="${claims}"`;
  const rejected = status(401, { 'www-authenticate': challenge });
  const network = scriptedFetch(rejected, rejected);
  const issuer = fakeIssuer();
  const api = createClient({ baseUrl, fetch: network }, withBearerAuth(await tokenFrom(issuer)));

  const response = await api.fetch('/me');
  const error = await caught(() => api.get('me'));

  const fromError = isBearingsError(error, 'HTTP_STATUS') ? parseBearerChallenge(error.response.headers) : undefined;
  expect([parseBearerChallenge(response.headers), fromError]).toMatchObject([
    { error: 'insufficient_claims', claims },
    { error: 'insufficient_claims', claims },
  ]);
  expect(issuer.asked).toHaveLength(1);
});

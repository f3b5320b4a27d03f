import { createClient } from '@bearings/client';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { caught } from '../../../client/test/caught.ts';
import { ok, redirectTo, scriptedFetch, status } from '../../../client/test/scripted.ts';
import { withBearerAuth, withBearerAuthHeader } from '../../src/layer/bearer.ts';
import { staticToken } from '../../src/sources/static-token.ts';

const baseUrl = 'https://api.example';
const canary = 'CANARY';

/** A secret that is another one each time it is asked for. */
function rotating(): () => string {
  let count = 0;
  return () => `CANARY_${(count += 1)}`;
}

test.each([
  ['a 401 without a challenge', status(401)],
  ['a challenge of its own scheme', status(401, { 'www-authenticate': 'Basic realm="api"' })],
  ['a challenge of an unknown scheme', status(401, { 'www-authenticate': 'ApiKey' })],
])('a changed password is sent once more after %s', async (_, rejection) => {
  const network = scriptedFetch(rejection, ok);
  const token = staticToken(rotating(), { scheme: 'Basic', username: 'billing' });

  const response = await createClient({ baseUrl, fetch: network }, withBearerAuth(token)).fetch('/me');

  const passwords = network.sent.map(({ headers }) => atob(headers.get('authorization')?.slice('Basic '.length) ?? ''));
  expect(passwords).toEqual(['billing:CANARY_1', 'billing:CANARY_2']);
  expect(response.status).toBe(200);
});

test('a key that has not changed is not sent again', async () => {
  const network = scriptedFetch(status(401, { 'www-authenticate': 'ApiKey' }));
  const token = staticToken(() => 'CANARY_1', { scheme: 'none' });

  const response = await createClient({ baseUrl, fetch: network }, withBearerAuthHeader(token, 'x-key')).fetch('/me');

  expect(response.status).toBe(401);
  expect(network.sent.map(({ headers }) => headers.get('x-key'))).toEqual(['CANARY_1']);
});

test('a key in a header of any name goes to its origin only', async () => {
  const network = scriptedFetch(redirectTo('https://other.example/'), ok);
  const token = staticToken('CANARY_1', { scheme: 'none' });
  const api = createClient(
    { baseUrl, fetch: network, redirects: { origins: ['https://other.example'] } },
    withBearerAuthHeader(token, 'x-our-key'),
  );

  await api.fetch('/me');
  const elsewhere = await caught(() => api.fetch('https://other.example/me'));

  expect(network.sent.map(({ headers }) => headers.get('x-our-key'))).toEqual(['CANARY_1', null]);
  expect(elsewhere).toMatchObject({ code: 'DESTINATION_NOT_ALLOWED' });
  expect([api, elsewhere, token]).toHideSecrets(canary);
});

import { staticToken, Token, withBearerAuth, withBearerAuthHeader } from '@bearings/oauth-bearer';
import { fakeIssuer } from '@bearings/testing';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { crossroads } from './crossroads.ts';

test("a token in a header of its own stays at its origin, and so does the caller's in its place", async () => {
  const { a, b, seen, route } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/end`);
  const token = withBearerAuthHeader(staticToken('t'), 'x-tenant-key');
  const { fetch } = createClient({ baseUrl: a.origin, redirects: { origins: [b.origin] } }, token);

  await fetch('/start', { headers: { 'x-tenant-key': "the caller's" } });

  expect(seen.map(({ headers }) => headers['x-tenant-key'])).toEqual(['Bearer t', undefined]);
});

test("so does the caller's own where the layer lets it be", async () => {
  const { a, b, seen, route } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/end`);
  const token = withBearerAuthHeader(staticToken('t'), 'x-tenant-key', { respectExisting: true });
  const { fetch } = createClient({ baseUrl: a.origin, redirects: { origins: [b.origin] } }, token);

  await fetch('/start', { headers: { 'x-tenant-key': "the caller's" } });

  expect(seen.map(({ headers }) => headers['x-tenant-key'])).toEqual(["the caller's", undefined]);
});

test('a 401 to a request that came back without its token does not cost the token', async () => {
  const issuer = await fakeIssuer({ tokenFormat: 'opaque' }).listen();
  const token = (await Token.create(issuer.credentials)).unwrap();
  onTestFinished(() => token.close());
  onTestFinished(() => issuer.close());
  const { a, b, seen, route, answerWith } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/there`);
  route(`${b.origin}/there`, `${a.origin}/back`);
  answerWith(`${a.origin}/back`, 401, 401);
  const before = token.read().unwrap();

  const options = { baseUrl: a.origin, redirects: { origins: [b.origin] } };
  const response = await createClient(options, withBearerAuth(token)).fetch('/start');

  expect(response.status).toBe(401);
  expect(seen.map(({ path }) => path)).toEqual(['/start', '/there', '/back']);
  expect(token.read().unwrap().isSameAs(before)).toBe(true);
});

import { createClient } from '@bearings/client';
import { virtualClock } from '@bearings/testing';
import { Err, Ok } from 'ts-results';
import { expect, test } from 'vitest';
import { TokenUnavailableError } from '../../src/errors.ts';
import { withBearerAuth } from '../../src/layer/bearer.ts';
import type { AcquireOptions, IssuedToken, TokenSource } from '../../src/sources/token-source.ts';
import { Token } from '../../src/token/token.ts';

const claims = btoa('{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}');
const challenge = `Bearer error="insufficient_claims", claims="${claims}"`;

/** A source whose tokens say which claims were asked for, and what it was asked. */
function claimingSource(changes: Partial<TokenSource> = {}): TokenSource & { readonly asked: (string | undefined)[] } {
  const asked: (string | undefined)[] = [];
  return {
    asked,
    acceptsClaims: true,
    async acquire({ claims: required }: AcquireOptions) {
      asked.push(required);
      return Ok<IssuedToken>({ value: `token-${asked.length}-${required ?? 'none'}`, lifetimeMs: 3_600_000 });
    },
    ...changes,
  };
}

/** An API that requires the claims, and the tokens it was sent. */
function strictApi(): { readonly fetch: typeof globalThis.fetch; readonly sent: (string | null)[] } {
  const sent: (string | null)[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const token = new Request(input, init).headers.get('authorization');
    sent.push(token);
    const isEnough = token?.endsWith(claims) === true;
    return new Response('{}', isEnough ? {} : { status: 401, headers: { 'www-authenticate': challenge } });
  };
  return { fetch, sent };
}

const createApi = (token: Token, fetch: typeof globalThis.fetch) =>
  createClient({ baseUrl: 'https://api.test', fetch, retry: 0 }, withBearerAuth(token));

test('the claims of a challenge reach the source, and the call is replayed with the token that has them', async () => {
  const source = claimingSource();
  await using token = (await Token.from(source)).unwrap();
  const { fetch, sent } = strictApi();

  const response = await createApi(token, fetch).fetch('/me');

  expect(response.status).toBe(200);
  expect(source.asked).toEqual([undefined, claims]);
  expect(sent).toEqual(['Bearer token-1-none', `Bearer token-2-${claims}`]);
});

test('a source that does not accept claims is not asked, and the caller gets the response', async () => {
  const source = claimingSource({ acceptsClaims: false });
  await using token = (await Token.from(source)).unwrap();
  const { fetch, sent } = strictApi();

  const response = await createApi(token, fetch).fetch('/me');

  expect(response.status).toBe(401);
  expect(source.asked).toEqual([undefined]);
  expect(sent).toHaveLength(1);
});

test('many calls whose tokens lack the claims cause one acquisition with them', async () => {
  const source = claimingSource();
  await using token = (await Token.from(source)).unwrap();
  const { fetch } = strictApi();
  const api = createApi(token, fetch);

  const responses = await Promise.all(Array.from({ length: 20 }, () => api.fetch('/me')));

  expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  expect(source.asked).toEqual([undefined, claims]);
});

test('claims are asked for once, and not after an acquisition that has failed or succeeded with them', async () => {
  const clock = virtualClock();
  const asked: (string | undefined)[] = [];
  const source = claimingSource({
    async acquire({ claims: required }) {
      asked.push(required);
      if (asked.length === 2) return Err(new TokenUnavailableError('the vault is sealed'));
      return Ok({ value: `token-${asked.length}`, lifetimeMs: 3_600_000 });
    },
  });
  await using token = (await Token.from(source, { clock, random: () => 0 })).unwrap();

  await token.invalidate(undefined, { claims });
  await clock.advance(60_000);
  await token.get();
  await token.invalidate(undefined, { claims });
  await token.invalidate();

  expect(asked).toEqual([undefined, claims, undefined, claims, undefined]);
});

test.each([
  ['a source that does not accept claims', false, `Bearer error="invalid_token", claims="${claims}"`],
  ['a source that does not accept claims, without an error', false, `Bearer claims="${claims}"`],
  ['claims that are no base64', true, 'Bearer error="invalid_token", claims="%7B%7D"'],
  ['claims that are no base64, without an error', true, 'Bearer realm="api", claims="%7B%7D"'],
])('a revoked token is rotated for %s', async (_, acceptsClaims, header) => {
  const source = claimingSource({ acceptsClaims });
  await using token = (await Token.from(source)).unwrap();
  const fetch: typeof globalThis.fetch = async (input, init) =>
    new Request(input, init).headers.get('authorization') === 'Bearer token-1-none'
      ? new Response('', { status: 401, headers: { 'www-authenticate': header } })
      : new Response('{}');

  const response = await createApi(token, fetch).fetch('/me');

  expect(response.status).toBe(200);
  expect(source.asked).toEqual([undefined, undefined]);
});

test('a token is not rotated for claims that are no base64, when a token without them is not enough', async () => {
  const source = claimingSource();
  await using token = (await Token.from(source)).unwrap();
  const headers = { 'www-authenticate': 'Bearer error="insufficient_claims", claims="%7B%7D"' };

  const response = await createApi(token, async () => new Response('', { status: 401, headers })).fetch('/me');

  expect(response.status).toBe(401);
  expect(source.asked).toEqual([undefined]);
});

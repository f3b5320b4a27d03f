import { createClient } from '@bearings/client';
import type { Client, ClientOptions } from '@bearings/client';
import { fakeApi, fakeIssuer, faults, combineFetch, virtualClock } from '@bearings/testing';
import type { FakeApi, FakeIssuer, VirtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { withBearerAuth } from '../../src/layer/bearer.ts';
import { staticToken } from '../../src/sources/static-token.ts';
import type { Token } from '../../src/token/token.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';
import { createToken } from '../create-token.ts';

const minuteMs = 60_000;

interface Scene {
  readonly clock: VirtualClock;
  readonly issuer: FakeIssuer;
  readonly token: Token;
}

/** A token that lives for a minute and is renewed ahead in the last second only. */
async function scene(changes: Partial<TokenConfig> = {}): Promise<Scene> {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: minuteMs });
  const token = await createToken(issuer, { clock, refreshOffsetMs: 1_000, ...changes });
  return { clock, issuer, token };
}

test.each([
  ['who says nothing gets the token to its end', 58_000, undefined, 1],
  ['a token that is good for as long as asked is given', 40_000, 20_000, 1],
  ['a token that is good for less is renewed first', 40_000, 20_001, 2],
  ['more than half of its life cannot be asked for', 30_000, 59_000, 1],
  ['half of its life can', 30_001, 59_000, 2],
  ['asking for ever is asking for half of its life', 30_000, Infinity, 1],
  ['asking for less than nothing is asking for nothing', 58_000, -1, 1],
])('%s', async (...[, ageMs, minValidityMs, generation]) => {
  const { clock, issuer, token } = await scene();
  await clock.advance(ageMs);

  const answer = await token.get({ minValidityMs });

  expect(answer.unwrap().generation).toBe(generation);
  expect(issuer.counts.token).toBe(generation);
});

test('a token that has just been issued is used, however short its life', async () => {
  const { clock, issuer, token } = await scene({ minRefreshPeriodMs: 45_000 });
  await clock.advance(44_999);

  const early = await token.get({ minValidityMs: 20_000 });
  await clock.advance(1);
  const later = await token.get({ minValidityMs: 20_000 });

  expect([early, later].map((each) => each.unwrap().generation)).toEqual([1, 2]);
  expect(issuer.counts.token).toBe(2);
});

test('a hundred callers that need a longer validity cause one request', async () => {
  const { clock, issuer, token } = await scene();
  await clock.advance(50_000);

  const answers = await Promise.all(Array.from({ length: 100 }, () => token.get({ minValidityMs: 20_000 })));

  expect(new Set(answers.map((each) => each.unwrap().generation))).toEqual(new Set([2]));
  expect(issuer.counts.token).toBe(2);
});

test('a caller that needs no longer validity does not wait', async () => {
  const { clock, issuer, token } = await scene();
  issuer.inject(faults.hang());
  await clock.advance(50_000);

  const longer = token.get({ minValidityMs: 20_000 });
  const any = await token.get();
  await token.close();

  expect(any.unwrap().generation).toBe(1);
  expect((await longer).unwrapErr().code).toBe('TOKEN_CLOSED');
});

test('when no longer-lived token is available, the current one is used and no further request is sent', async () => {
  const { clock, issuer, token } = await scene({ random: () => 0.999 });
  issuer.inject(faults.status(400, { body: { error: 'invalid_client' } }));
  await clock.advance(50_000);

  const answers = [await token.get({ minValidityMs: 20_000 }), await token.get({ minValidityMs: 20_000 })];
  await clock.advance(8_999); // an attempt in the last tenth before expiry is due
  answers.push(await token.get({ minValidityMs: 20_000 }));

  expect(answers.map((each) => each.unwrap().generation)).toEqual([1, 1, 1]);
  expect(issuer.counts.token).toBe(2);
});

test('tokens of ever shorter lifetimes do not cause endless requests', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  const token = await createToken(issuer, { clock, refreshOffsetMs: 0, jitterMaxMs: 0 });
  issuer.inject(faults.expiresIn(11));

  await token.invalidate();
  for (let second = 0; second < 60; second += 1) {
    await token.get({ minValidityMs: 30_000 });
    await clock.advance(1_000);
  }

  expect(issuer.counts.token).toBeLessThanOrEqual(2 + 6);
});

test('aborting one caller that waits for a longer validity does not affect the others', async () => {
  const { clock, issuer, token } = await scene();
  const held = issuer.inject(faults.hang());
  await clock.advance(50_000);
  const caller = new AbortController();
  const reason = new Error('user left');

  const impatient = token.get({ minValidityMs: 20_000, signal: caller.signal });
  const patient = token.get({ minValidityMs: 20_000 });
  caller.abort(reason);

  await expect(impatient).rejects.toBe(reason);
  held.clear();
  expect((await patient).unwrap().generation).toBe(2);
});

interface Service extends Scene {
  readonly api: FakeApi;
  readonly client: Client;
}

/** A client of an API, with such a token. */
async function service(options: ClientOptions = {}): Promise<Service> {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: minuteMs });
  const api = fakeApi(issuer, undefined, { clock });
  const fetch = combineFetch(issuer, api);
  const token = await createToken(issuer, { clock, fetch, refreshOffsetMs: 1_000 });
  const client = createClient({ baseUrl: api.origin, fetch, clock, retry: 0, ...options }, withBearerAuth(token));
  return { clock, issuer, token, api, client };
}

const createStream = (text: string): ReadableStream<Uint8Array> => new Response(text).body!;

test.each<[string, number, RequestInit, { readonly timeout?: number | false }, number]>([
  ['one that outlives the attempt', 39_999, {}, { timeout: 20_000 }, 1],
  ['a new one, when the old one might end during the attempt', 40_001, {}, { timeout: 20_000 }, 2],
  ['the last of the old one, for an attempt without a limit', 58_000, {}, { timeout: false }, 1],
  ['one that outlives the attempt, for a body that can be sent again', 45_000, { body: 'a' }, { timeout: 10_000 }, 1],
  ['one that lasts twice as long, for a body that cannot', 45_000, { body: createStream('a') }, { timeout: 10_000 }, 2],
])('a request carries %s', async (...[, ageMs, init, options, generation]) => {
  const { clock, issuer, client } = await service();
  await clock.advance(ageMs);
  const method = init.body === undefined ? 'GET' : 'POST';

  const response = await client.fetch('/v1/orders', { ...init, ...options, method, duplex: 'half' } as RequestInit);

  expect(response.status).toBe(200);
  expect(issuer.counts.granted).toBe(generation);
});

test("the client's timeout counts when the call has none", async () => {
  const { clock, issuer, client } = await service({ timeout: 10_000 });
  await clock.advance(49_000);

  await client.get('v1/orders');
  await clock.advance(2_000);
  const before = issuer.counts.granted;
  await client.get('v1/orders');

  expect([before, issuer.counts.granted]).toEqual([1, 2]);
});

test('a request is sent with a token of short validity rather than not at all', async () => {
  const { clock, issuer, api, client } = await service({ timeout: 20_000 });
  issuer.inject(faults.status(503));
  await clock.advance(50_000);

  const response = await client.get('v1/orders');

  expect(response.status).toBe(200);
  expect(api.counts).toEqual({ requests: 1, unauthorized: 0, forbidden: 0 });
});

test('a static token is always valid long enough', async () => {
  const answer = await staticToken('at_1').get({ minValidityMs: Infinity });

  expect(answer.isOk()).toBe(true);
});

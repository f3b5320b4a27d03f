import { afterEach, expect, test } from 'vitest';
import { fakeIssuer, outage, refuse, tokenFrom } from '../fake-issuer.ts';
import type { FakeIssuer } from '../fake-issuer.ts';
import { virtualClock } from '@bearings/testing';

const hourMs = 3_600_000;
const unhandled: unknown[] = [];
const noteUnhandled = (reason: unknown): void => void unhandled.push(reason);

afterEach(() => {
  process.off('unhandledRejection', noteUnhandled);
  unhandled.length = 0;
});

/** The issuer fails an acquisition with its two retries, and then this many probes, which are one request each. */
function fail(issuer: FakeIssuer, { probes }: { readonly probes: number }): void {
  issuer.willAnswer(...outage, ...Array.from({ length: probes }, () => refuse(503)));
}

test('a failed renewal does not affect callers while the token is valid', async () => {
  process.on('unhandledRejection', noteUnhandled);
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock });
  fail(issuer, { probes: 2 });

  await clock.advance(hourMs / 2);
  const during = token.read();
  await clock.settle();

  expect(issuer.asked).toHaveLength(4);
  expect(during.unwrap().generation).toBe(1);
  expect(token.status()).toMatchObject({ state: 'stale', failure: { code: 'TOKEN_HTTP', at: clock.now() } });
  expect(unhandled).toEqual([]);
});

test('the issuer is tried again in the background, and the failure is forgotten', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock });
  fail(issuer, { probes: 1 });

  await clock.advance(hourMs / 2 + 2_000);

  expect(issuer.asked).toHaveLength(1 + 3 + 1 + 1);
  expect(token.read().unwrap().generation).toBe(2);
  expect(token.status().failure).toBeUndefined();
});

test('after expiry callers get the last error at once, and one probe serves them all when it is due', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock, random: () => 0.5 });
  fail(issuer, { probes: 1 });
  await clock.suspend(hourMs);

  const first = token.get();
  await clock.advance(1_000);
  const failure = (await first).unwrapErr();
  const early = await Promise.all(Array.from({ length: 100 }, () => token.get()));
  const askedEarly = issuer.asked.length;
  await clock.suspend(10_000);
  const probes = Promise.all(Array.from({ length: 100 }, () => token.get()));
  await clock.advance(1_000);

  expect(failure).toMatchObject({ code: 'TOKEN_HTTP', status: 503 });
  expect(early.every((each) => each.unwrapErr() === failure)).toBe(true);
  expect(askedEarly).toBe(4);
  expect((await probes).every((each) => each.isErr())).toBe(true);
  expect(issuer.asked).toHaveLength(5);
});

test('when the issuer is back, the next probe brings a token', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock });
  fail(issuer, { probes: 0 });
  await clock.suspend(hourMs);
  await token.get();

  await clock.suspend(1_000);
  const answer = await token.get();

  expect(answer.unwrap().generation).toBe(2);
});

test.each(['invalid_client', 'unauthorized_client', 'invalid_scope'])(
  '%s is answered at once and tried again after five minutes',
  async (error) => {
    const clock = virtualClock();
    const issuer = fakeIssuer(refuse(400, { error }));
    const token = await tokenFrom(issuer, { clock, start: 'lazy' });

    const first = await token.get();
    await clock.advance(299_999);
    const early = await token.get();
    await clock.advance(1);
    const later = await token.get();

    expect(first.unwrapErr()).toMatchObject({ code: 'TOKEN_HTTP', oauthError: error, retryable: false });
    expect(early).toBe(first);
    expect(later.isOk()).toBe(true);
    expect(issuer.asked).toHaveLength(2);
  },
);

test('Retry-After is honoured', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer(refuse(429, {}, { 'retry-after': '120' }));
  const token = await tokenFrom(issuer, { clock, start: 'lazy' });

  const first = await token.get();
  await clock.advance(119_999);
  const early = await token.get();
  const asked = issuer.asked.length;
  await clock.advance(1);

  expect(first.unwrapErr()).toMatchObject({ status: 429, retryAfterMs: 120_000 });
  expect(early).toBe(first);
  expect(asked).toBe(1);
  expect((await token.get()).isOk()).toBe(true);
});

test('an unreachable issuer is UNAVAILABLE', async () => {
  const broken = (): never => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) });
  };
  const token = await tokenFrom(fakeIssuer(broken, broken, broken), { start: 'lazy' });

  expect((await token.get()).unwrapErr()).toMatchObject({ code: 'TOKEN_UNAVAILABLE', retryable: true });
});

test('an issuer that never answers is given up after acquireTimeoutMs', async () => {
  const clock = virtualClock();
  const never = (): Promise<Response> => Promise.withResolvers<Response>().promise;
  const token = await tokenFrom(fakeIssuer(never, never, never), { clock, start: 'lazy', acquireTimeoutMs: 5_000 });

  const answer = token.get();
  await clock.advance(5_000);

  expect((await answer).unwrapErr().code).toBe('TOKEN_UNAVAILABLE');
});

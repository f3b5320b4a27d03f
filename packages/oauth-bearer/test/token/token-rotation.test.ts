import { Err, Ok } from 'ts-results';
import { expect, test } from 'vitest';
import { TokenUnavailableError } from '../../src/errors.ts';
import type { TokenSource } from '../../src/sources/token-source.ts';
import { Token } from '../../src/token/token.ts';
import { fakeIssuer, grant, held, outage, tokenFrom } from '../fake-issuer.ts';
import { virtualClock } from '@bearings/testing';

test('two hundred callers that report the same token, one after another, cause one request', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock });
  const first = token.read().unwrap();

  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      for (let turn = 0; turn < index; turn += 1) await Promise.resolve();
      return token.invalidate(first);
    }),
  );

  expect(issuer.asked).toHaveLength(2);
  expect(new Set(answers.map((each) => each.unwrap().secret.expose()))).toEqual(new Set(['at_CANARY_2']));
});

test('a late report of an old token makes no request and gives the new one', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock });
  const first = token.read().unwrap();
  await token.invalidate(first);
  await clock.advance(60_000);

  const late = await token.invalidate(first);

  expect(late.unwrap().secret.expose()).toBe('at_CANARY_2');
  expect(issuer.asked).toHaveLength(2);
});

test('a rejected token is not served while it is being rotated', async () => {
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer);
  const { reply, release } = held(grant('at_CANARY_new'));
  issuer.willAnswer(reply);

  const rotation = token.invalidate();
  const read = token.read();
  const got = token.get();
  release();

  expect(read.unwrapErr().code).toBe('TOKEN_UNAVAILABLE');
  expect((await got).unwrap().secret.expose()).toBe('at_CANARY_new');
  expect((await rotation).unwrap().secret.expose()).toBe('at_CANARY_new');
  expect(issuer.asked).toHaveLength(2);
});

test('a renewal that began before the rejection cannot put the rejected token back', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock });
  const first = token.read().unwrap();
  const { reply, release } = held(grant('at_CANARY_1'));
  issuer.willAnswer(reply, grant('at_CANARY_2'));
  await clock.advance(1_800_000);

  const rotation = token.invalidate(first);
  release();
  const rotated = await rotation;

  expect(rotated.unwrap().secret.expose()).toBe('at_CANARY_2');
  expect(token.read().unwrap().secret.expose()).toBe('at_CANARY_2');
  expect(issuer.asked).toHaveLength(3);
});

test('a renewal that began before the rejection and brings another token is enough', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock });
  const { reply, release } = held(grant('at_CANARY_other'));
  issuer.willAnswer(reply);
  await clock.advance(1_800_000);

  const rotation = token.invalidate();
  release();

  expect((await rotation).unwrap().secret.expose()).toBe('at_CANARY_other');
  expect(issuer.asked).toHaveLength(2);
});

test('a token that was given out again unchanged, and is rejected soon after, is not rotated again', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer(grant('at_CANARY_same'), grant('at_CANARY_same'));
  const token = await tokenFrom(issuer, { clock });
  const second = (await token.invalidate()).unwrap();
  await clock.advance(9_999);

  const again = await token.invalidate(second);

  expect(again.unwrap()).toBe(second);
  expect(issuer.asked).toHaveLength(2);
});

test('a token that was given out again unchanged is rotated again once the least period has passed', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer(grant('at_CANARY_same'), grant('at_CANARY_same'));
  const token = await tokenFrom(issuer, { clock });
  const second = (await token.invalidate()).unwrap();
  await clock.advance(10_000);

  const third = await token.invalidate(second);

  expect(third.unwrap().generation).toBe(3);
});

test('a new token that is rejected at once is rotated at once', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock });
  const second = (await token.invalidate()).unwrap();

  const third = await token.invalidate(second);

  expect(third.unwrap()).toMatchObject({ generation: 3 });
  expect(issuer.asked).toHaveLength(3);
});

test('when every token is rejected at once, three rotations are followed by one per least period', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock });
  const rejectAll = async (): Promise<number> => {
    for (let turn = 0; turn < 10; turn += 1) await token.invalidate();
    return issuer.asked.length - 1;
  };

  const atOnce = await rejectAll();
  await clock.advance(9_999);
  const early = await rejectAll();
  await clock.advance(1);
  const later = await rejectAll();

  expect([atOnce, early, later]).toEqual([3, 3, 4]);
  expect(token.read().unwrap().generation).toBe(5);
});

test('a rotation that failed leaves the token to the resources that accept it', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock });
  const first = token.read().unwrap();
  issuer.willAnswer(...outage);

  const rotation = await token.invalidate(first);
  const after = [token.read(), await token.get(), await token.invalidate(first)];

  expect([rotation, ...after].map((each) => each.unwrap())).toEqual(Array(4).fill(first));
  expect(token.status()).toMatchObject({ state: 'stale', failure: { code: 'TOKEN_HTTP' } });
  expect(issuer.asked).toHaveLength(4);
});

test('a token whose rotation failed in a terminal way is not served', async () => {
  const clock = virtualClock();
  const source: TokenSource = {
    async acquire(options) {
      if (options.held === undefined) return Ok({ value: 'at_1', lifetimeMs: 3_600_000 });
      return Err(new TokenUnavailableError('the grant was revoked', { kind: 'terminal' }));
    },
  };
  const token = (await Token.from(source, { clock })).unwrap();

  const rotation = await token.invalidate();

  expect([rotation, token.read(), await token.get()].map((each) => each.unwrapErr().kind)).toEqual(
    Array(3).fill('terminal'),
  );
});

test('a rotation that failed is repeated in the background', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock });
  issuer.willAnswer(...outage);
  await token.invalidate();

  await clock.advance(1_000);

  expect(token.read().unwrap().secret.expose()).toBe('at_CANARY_2');
  expect(token.status()).toMatchObject({ state: 'fresh', failure: undefined });
});

test('invalidating a token that was never acquired acquires one', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer();
  const token = await tokenFrom(issuer, { clock, start: 'lazy' });

  const answer = await token.invalidate();
  await clock.settle();

  expect(answer.unwrap().generation).toBe(1);
  expect(issuer.asked).toHaveLength(1);
});

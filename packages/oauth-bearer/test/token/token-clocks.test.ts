import type { Clock } from '@bearings/client';
import { fakeIssuer, faults, virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createToken } from '../create-token.ts';

const hourMs = 3_600_000;

test.each([-hourMs, hourMs / 6])('the status is right after the wall clock was set by %d ms', async (jumpMs) => {
  const clock = virtualClock();
  const token = await createToken(fakeIssuer({ clock, tokenLifetimeMs: hourMs }), { clock });

  clock.jumpWall(jumpMs);
  const { expiresAt = 0, renewsAt = 0, validForMs } = token.status();
  const passedMs = Math.max(0, jumpMs);

  expect(validForMs).toBe(hourMs - passedMs);
  expect(expiresAt - clock.now()).toBe(hourMs - passedMs);
  expect(renewsAt - clock.now()).toBe(hourMs / 2 - passedMs);
});

test('a token that has expired by the wall clock stays expired when the clock is set back', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: hourMs });
  const token = await createToken(issuer, { clock });

  clock.jumpWall(hourMs);
  const expired = token.read();
  clock.jumpWall(-hourMs);

  expect(expired.isErr()).toBe(true);
  expect(token.read().isErr()).toBe(true);
  expect(token.status()).toMatchObject({ state: 'expired', validForMs: 0 });
  expect((await token.get()).unwrap().generation).toBe(2);
});

test('a token that is not used while the wall clock is ahead does not expire', async () => {
  const clock = virtualClock();
  const token = await createToken(fakeIssuer({ clock, tokenLifetimeMs: hourMs }), { clock });

  clock.jumpWall(hourMs);
  clock.jumpWall(-hourMs);

  expect(token.read().unwrap().generation).toBe(1);
});

test('without a token, read says that it was rejected, also when it expires during the rotation', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: hourMs });
  const token = await createToken(issuer, { clock });
  issuer.inject(faults.hang());

  void token.invalidate(); // waits for the rotation
  clock.jumpWall(hourMs);
  void token.get(); // waits too

  expect(token.read().unwrapErr().message).toBe('No token: the last one was rejected and is being rotated');
  await token.close();
});

test.each(['now', 'monotonic'] as const)(
  'a token is not served while %s() of the clock answers NaN',
  async (broken) => {
    const inner = virtualClock();
    let isBroken = false;
    const clock: Clock = {
      now: () => (isBroken && broken === 'now' ? Number.NaN : inner.now()),
      monotonic: () => (isBroken && broken === 'monotonic' ? Number.NaN : inner.monotonic()),
      schedule: (delayMs, act, options) => inner.schedule(delayMs, act, options),
    };
    const token = await createToken(fakeIssuer({ clock: inner, tokenLifetimeMs: hourMs }), { clock });

    isBroken = true;

    expect(token.read().isErr()).toBe(true);
  },
);

test('a token that is created makes no AbortController: a signal may belong to the request that made it', async () => {
  const original = globalThis.AbortController;
  let made = 0;
  globalThis.AbortController = class extends original {
    constructor() {
      super();
      made += 1;
    }
  };
  try {
    const token = await createToken(fakeIssuer(), { start: 'lazy' });
    token.read();
    await token.close();
  } finally {
    globalThis.AbortController = original;
  }

  expect(made).toBe(0);
});

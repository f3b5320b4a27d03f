import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock, ScheduleOptions } from '@bearings/client';
import { fakeIssuer, faults, virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { Token } from '../../src/token/token.ts';
import { configFor, createToken } from '../create-token.ts';

/** A virtual clock that notes which timers would keep a process alive. */
function notingClock(clock: VirtualClock): { readonly clock: Clock; readonly keeping: ReadonlySet<number> } {
  const keeping = new Set<number>();
  const schedule = (delayMs: number, act: () => void, options?: ScheduleOptions): (() => void) => {
    if (options?.background === true) return clock.schedule(delayMs, act, options);
    keeping.add(delayMs);
    const cancel = clock.schedule(delayMs, act, options);
    return () => {
      keeping.delete(delayMs);
      cancel();
    };
  };
  return { keeping, clock: { now: () => clock.now(), monotonic: () => clock.monotonic(), schedule } };
}

test('a use at the very moment at which a token is due renews it', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  const token = Token.onDemand(configFor(issuer, { clock })).unwrap();
  await token.get();
  await clock.advance(1_800_000);

  token.read();
  await clock.settle();

  expect(token.status()).toMatchObject({ state: 'fresh', generation: 2 });
});

test('with an aborted signal get rejects and sends nothing', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  await using token = await createToken(issuer, { clock, start: 'lazy' });
  const reason = new Error('the user has left');
  const signal = AbortSignal.abort(reason);

  await expect(token.get({ signal })).rejects.toBe(reason);
  await clock.settle();
  expect(issuer.counts.token).toBe(0);

  await token.get();
  await expect(token.get({ signal })).rejects.toBe(reason);
});

test('when close has answered, all waiting callers have their answer', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  issuer.inject(faults.hang());
  const token = await createToken(issuer, { clock, start: 'lazy' });
  const seen: string[] = [];
  const wait = async (): Promise<void> => {
    const answer = await token.get();
    seen.push(`a caller: ${answer.unwrapErr().code}`);
  };
  token.subscribe(({ type }) => seen.push(type));
  void wait(); // ends with the token
  await clock.settle();

  await token.close();

  expect(seen.toSorted()).toEqual(['a caller: TOKEN_CLOSED', 'closed']);
});

test('neither a renewal that is due one day nor a secret that never comes keeps a process alive', async () => {
  const { clock, keeping } = notingClock(virtualClock());
  const issuer = fakeIssuer({ clock });
  const renewed = await createToken(issuer, { clock });
  const stuck = await createToken(issuer, { clock, start: 'lazy', clientSecret: () => new Promise<never>(() => {}) });

  void stuck.get(); // answers when it is closed

  expect([...keeping]).toEqual([]);
  await renewed.close();
  await stuck.close();
});

test('a secret that never comes costs no more time than an acquisition may take', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  const clientSecret = (): Promise<never> => new Promise(() => {});
  await using token = await createToken(issuer, { clock, start: 'lazy', clientSecret, acquireTimeoutMs: 20_000 });
  const got = token.get();

  await clock.advance(19_999);
  const early = token.status().failure;
  await clock.advance(1);

  expect(early).toBeUndefined();
  expect((await got).unwrapErr()).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    message: 'No token: https://issuer.test gave none within 20000 ms',
  });
});

test('a token that is not referenced any more is collected, although its renewal is scheduled', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  const forgotten = new WeakRef(await createToken(issuer, { clock }));

  for (let turn = 0; turn < 50 && forgotten.deref() !== undefined; turn += 1) {
    await setImmediate();
    collect();
  }
  await clock.advance(3_600_000);

  expect(forgotten.deref()).toBeUndefined();
  expect(issuer.counts.token).toBe(1);
  expect(clock.pending).toBe(0);
});

import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { StoreAwayError, StoreGuard } from '../../src/store/store-guard.ts';
import type { StoreAnswer, TokenStore } from '../../src/store/token-store.ts';

const question = { isRejected: false, owner: 'one', leaseMs: 3_000, rotationPeriodMs: 0, sealIds: ['a'] };

/** A store that follows a script, then repeats its last step. */
function scripted(...steps: readonly (() => Promise<unknown>)[]) {
  const clock = virtualClock();
  const seen = { calls: 0 };
  const call = async (): Promise<never> => {
    seen.calls += 1;
    return steps[Math.min(seen.calls, steps.length) - 1]?.() as Promise<never>;
  };
  const store: TokenStore = { ask: call, put: call, release: call };
  return { clock, seen, guard: new StoreGuard(store, { clock, random: () => 0.5 }) };
}

const fail = () => Promise.reject(new Error('redis://user:secret_CANARY@10.0.0.1 refused'));
const hang = () => Promise.withResolvers<never>().promise;
const lease = async (): Promise<StoreAnswer> => ({ kind: 'lease', atMs: 1 });

test('a question that fails is asked once more, after a pause', async () => {
  const { guard, clock, seen } = scripted(fail, lease);

  const asked = guard.ask('key', question);
  await clock.advance(149);
  const before = seen.calls;
  await clock.advance(1);

  expect(before).toBe(1);
  expect((await asked).kind).toBe('lease');
});

test('a store that hangs costs 2.3 s at most', async () => {
  const { guard, clock } = scripted(hang);
  const startedAt = clock.monotonic();
  let endedAt = 0;

  const asked = guard.ask('key', question).catch((error: unknown) => {
    endedAt = clock.monotonic();
    return error;
  });
  await clock.advance(5_000);

  expect(await asked).toBeInstanceOf(StoreAwayError);
  expect(endedAt - startedAt).toBeLessThanOrEqual(2_300);
});

test('after three failures in a row the store is left alone for 10 s, and then one call decides', async () => {
  const { guard, clock, seen } = scripted(fail);
  const ask = async (): Promise<void> => {
    const asked = guard.ask('key', question).catch(() => {});
    await clock.advance(1_000);
    await asked;
  };
  await ask();
  await ask();
  const whenAway = seen.calls;
  await ask();
  const meanwhile = seen.calls;
  await clock.advance(10_000);
  await ask();

  expect([whenAway, meanwhile, seen.calls]).toEqual([3, 3, 4]);
});

test('a success ends the row of failures', async () => {
  const { guard, clock, seen } = scripted(fail, lease, fail, lease, fail, lease);
  const kinds = [];
  for (let count = 0; count < 3; count += 1) {
    const asked = guard.ask('key', question);
    await clock.advance(1_000);
    kinds.push((await asked).kind);
  }

  expect(kinds).toEqual(['lease', 'lease', 'lease']);
  expect(seen.calls).toBe(6);
});

test.each([undefined, 'OK', { kind: 'entry', id: 't' }, { kind: 'other' }])(
  'the answer %j of a store is a failure of the store',
  async (answer) => {
    const { guard, clock } = scripted(async () => answer);

    const asked = guard.ask('key', question).catch((error: unknown) => error);
    await clock.advance(1_000);

    expect(await asked).toBeInstanceOf(StoreAwayError);
  },
);

test('the error of a store, which may quote what was sent, is not passed on', async () => {
  const { guard } = scripted(fail);

  const error = await guard.put('key', {} as never).catch((cause: unknown) => cause);

  expect(error).toBeInstanceOf(StoreAwayError);
  expect(`${String(error)} ${String((error as Error).cause)}`).not.toContain('CANARY');
});

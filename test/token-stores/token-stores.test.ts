import type { StoreQuestion, TokenStore } from '@bearings/oauth-bearer/store';
import { describe, expect, test } from 'vitest';
import { storeRules } from '../../packages/oauth-bearer/src/store/store-rules.ts';
import type { StoreRecord } from '../../packages/oauth-bearer/src/store/store-rules.ts';
import { randomHistory } from './random-history.ts';
import type { StoreCall } from './random-history.ts';
import { storeKinds } from './store-kinds.ts';

const histories = Array.from({ length: 40 }, (_, seed) => randomHistory(seed + 1, 60));

/** What the rules answer to each call of a history. */
function expected(calls: readonly StoreCall[]): readonly unknown[] {
  let record: StoreRecord = {};
  return calls.map((call) => {
    const decision = decide(record, call);
    record = decision.record;
    return decision.answer;
  });
}

function decide(record: StoreRecord, call: StoreCall): { readonly record: StoreRecord; readonly answer: unknown } {
  if (call.method === 'ask') return storeRules.decide(record, call.with, call.atMs);
  if (call.method === 'put') return storeRules.put(record, call.with, call.atMs);
  return storeRules.release(record, call.with, call.atMs);
}

async function answer(store: TokenStore, key: string, call: StoreCall): Promise<unknown> {
  if (call.method === 'ask') return store.ask(key, call.with);
  if (call.method === 'put') return store.put(key, call.with);
  return store.release(key, call.with);
}

test('the histories contain every answer of a store', () => {
  const kinds = histories
    .flatMap((calls) => expected(calls))
    .map((each) => (typeof each === 'object' && each !== null ? Reflect.get(each, 'kind') : each));

  expect(new Set(kinds)).toEqual(
    new Set(['entry', 'lease', 'busy', 'failed', 'limited', 'foreign', true, false, undefined]),
  );
});

const question: StoreQuestion = {
  isRejected: false,
  owner: 'one',
  leaseMs: 3_000,
  rotationPeriodMs: 0,
  sealIds: ['a'],
};

describe.each(storeKinds)('$kind', ({ isThere, create }) => {
  test.skipIf(!isThere)('the store answers as the rules do, in every history', async () => {
    let nowMs = 0;
    await using made = await create(() => nowMs);

    for (const [seed, calls] of histories.entries()) {
      const answers = [];
      for (const call of calls) {
        nowMs = call.atMs;
        answers.push(await answer(made.store, `history ${seed}`, call));
      }

      expect(answers).toEqual(expected(calls));
    }
  });

  test.skipIf(!isThere)('of many replicas that ask at once, one gets the lease', async () => {
    await using made = await create(() => 1_780_000_000_000);

    const asked = Array.from({ length: 30 }, (_, index) => made.store.ask('key', { ...question, owner: `${index}` }));
    const kinds = (await Promise.all(asked)).map(({ kind }) => kind);

    expect(kinds.filter((kind) => kind === 'lease')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'busy')).toHaveLength(29);
  });

  test.skipIf(!isThere)('keys do not affect each other', async () => {
    await using made = await create(() => 1_780_000_000_000);

    const first = await made.store.ask('key', question);
    const second = await made.store.ask('other key', { ...question, owner: 'two' });

    expect([first.kind, second.kind]).toEqual(['lease', 'lease']);
  });
});

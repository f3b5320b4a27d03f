import { expect, test } from 'vitest';
import { storeRules } from '../../src/store/store-rules.ts';
import type { StoreRecord } from '../../src/store/store-rules.ts';
import type { StoreAnswer, StoreOffer, StoreQuestion } from '../../src/store/token-store.ts';

const now = 1_000_000;
const question: StoreQuestion = {
  isRejected: false,
  owner: 'one',
  leaseMs: 3_000,
  rotationPeriodMs: 10_000,
  sealIds: ['a'],
};
const entry = {
  id: 't1',
  sealed: 's1',
  sealId: 'a',
  requestedAtMs: now - 500,
  endsAtMs: now + 60_000,
  isRejected: false,
};
const offer: StoreOffer = {
  id: 't2',
  sealed: 's2',
  sealId: 'a',
  sealIds: ['a'],
  requestedAtMs: now - 100,
  lifetimeMs: 60_000,
  owner: 'one',
};
const lease = { owner: 'two', endsAtMs: now + 2_000 };

const ask = (record: StoreRecord, changes: Partial<StoreQuestion> = {}, atMs = now): StoreAnswer =>
  storeRules.decide(record, { ...question, ...changes }, atMs).answer;
const put = (record: StoreRecord, changes: Partial<StoreOffer> = {}) =>
  storeRules.put(record, { ...offer, ...changes }, now);

test('the token that a replica holds is not given to it again, however young the store says it is', () => {
  const answer = ask({ entry }, { held: { id: 't1', ageMs: 60_000 } });

  expect(answer.kind).toBe('lease');
});

test('an entry is given out until its end, and not at its end', () => {
  const kinds = [entry.endsAtMs - 1, entry.endsAtMs].map((atMs) => ask({ entry }, {}, atMs).kind);

  expect(kinds).toEqual(['entry', 'lease']);
});

test('a lease holds until its end, and its owner extends it by asking again', () => {
  const record = { lease };
  const extended = storeRules.decide(record, { ...question, owner: 'two' }, now).record;

  expect(ask(record, {}, lease.endsAtMs - 1)).toEqual({ kind: 'busy', leftMs: 1 });
  expect(ask(record, {}, lease.endsAtMs).kind).toBe('lease');
  expect(extended.lease?.endsAtMs).toBe(now + 3_000);
});

test('three rotations are allowed at once, and then one for each period', () => {
  let record: StoreRecord = { entry: { ...entry, isRejected: true } };
  const rotate = (atMs: number): StoreAnswer => {
    const decision = storeRules.decide(record, question, atMs);
    record = { ...decision.record, lease: undefined };
    return decision.answer;
  };

  const answers = [0, 0, 0, 0, 9_999, 10_000, 10_000, 20_000].map((afterMs) => rotate(now + afterMs));

  expect(answers.map(({ kind }) => kind)).toEqual('lease lease lease limited limited lease limited lease'.split(' '));
  expect(answers[3]).toEqual({ kind: 'limited', leftMs: 10_000 });
});

test('an extended lease, and a first token, use up no rotation', () => {
  const first = storeRules.decide({}, question, now).record;
  const rejected = { entry: { ...entry, isRejected: true }, lease: { owner: 'one', endsAtMs: now + 1 } };

  expect(first.rotatedUntilMs).toBeUndefined();
  expect(storeRules.decide(rejected, question, now).record.rotatedUntilMs).toBeUndefined();
});

test('the token that is stored, issued once more, keeps its rejection and its end', () => {
  const record = { entry: { ...entry, isRejected: true } };

  const { answer, record: after } = put(record, { id: 't1' });

  expect(answer).toBe(false);
  expect(after.entry).toEqual(record.entry);
});

test('a token that has ended is not stored', () => {
  expect(put({}, { lifetimeMs: 100 }).answer).toBe(false);
  expect(put({}, { lifetimeMs: 101 }).answer).toBe(true);
});

test('an entry with another seal is neither given out, marked, leased nor replaced', () => {
  const record = { entry: { ...entry, sealId: 'b' } };

  expect(ask(record).kind).toBe('foreign');
  expect(put(record).answer).toBe(false);
});

test('a stored token ends the failure before it, and the lease of its owner only', () => {
  const failure = { sealed: 'f', endsAtMs: now + 5_000 };
  const own = { owner: 'one', endsAtMs: now + 1 };

  expect(put({ failure, lease: own }).record).toMatchObject({ failure: undefined, lease: undefined });
  expect(put({ failure, lease }).record.lease).toEqual(lease);
});

test('a failure is reported for as long as its owner says, to replicas without a younger token', () => {
  const held = { owner: 'one', endsAtMs: now + 1 };
  const failed = storeRules.release({ lease: held }, { owner: 'one', failure: { sealed: 'f', leftMs: 5_000 } }, now);

  expect(ask(failed.record, { owner: 'two' })).toEqual({ kind: 'failed', sealed: 'f', leftMs: 5_000 });
  expect(ask({ ...failed.record, entry }).kind).toBe('entry');
  expect(ask(failed.record, { owner: 'two' }, now + 5_000).kind).toBe('lease');
});

test('a lease is given back by its owner only', () => {
  const { record } = storeRules.release({ lease }, { owner: 'one', failure: { sealed: 'f', leftMs: 5_000 } }, now);

  expect(record).toMatchObject({ lease, failure: undefined });
});

import type { StoreAnswer, StoreOffer, StoreQuestion, StoreRelease } from './token-store.ts';

/** What a store holds for one key. Instants are milliseconds of the store's clock. */
export interface StoreRecord {
  readonly entry?: StoredEntry | undefined;
  readonly lease?: { readonly owner: string; readonly endsAtMs: number } | undefined;
  readonly failure?: { readonly sealed: string; readonly endsAtMs: number } | undefined;
  /** When the rotations so far stop counting: each adds one period. */
  readonly rotatedUntilMs?: number | undefined;
}

interface StoredEntry {
  readonly id: string;
  readonly sealed: string;
  readonly sealId: string;
  readonly requestedAtMs: number;
  readonly endsAtMs: number;
  /** True when a resource has rejected it. */
  readonly isRejected: boolean;
}

/** What becomes of a record, and the answer to the replica. */
export interface Decision<Answer> {
  readonly record: StoreRecord;
  readonly answer: Answer;
}

/** The rules of every store, as pure functions. The scripts for Redis and PostgreSQL are tested against them. */
export interface StoreRules {
  readonly decide: (record: StoreRecord, question: StoreQuestion, nowMs: number) => Decision<StoreAnswer>;
  readonly put: (record: StoreRecord, offer: StoreOffer, nowMs: number) => Decision<boolean>;
  readonly release: (record: StoreRecord, release: StoreRelease, nowMs: number) => Decision<void>;
}

/** How many rotations of all replicas are allowed at once; then one per period. */
const rotationBurst = 3;

/**
 * A token is known by its id, and the younger one wins. A counter instead would start again after a loss of the store,
 * and the order in which tokens arrive is not the order in which they were requested.
 */
export const storeRules: StoreRules = {
  decide(before, question, nowMs) {
    const { held, isRejected, owner, leaseMs, sealIds } = question;
    const record = marked(current(before, nowMs), question);
    const { entry, lease, failure } = record;
    if (entry !== undefined && !sealIds.includes(entry.sealId)) return { record, answer: { kind: 'foreign' } };
    if (entry !== undefined && !entry.isRejected) {
      const ageMs = nowMs - entry.requestedAtMs;
      const isYounger = held === undefined || (held.id !== entry.id && ageMs < held.ageMs);
      if (isYounger) return { record, answer: { kind: 'entry', id: entry.id, sealed: entry.sealed, ageMs } };
    }
    const leased = { ...record, lease: { owner, endsAtMs: nowMs + leaseMs } };
    if (lease?.owner === owner) return { record: leased, answer: { kind: 'lease', atMs: nowMs } };
    if (lease !== undefined) return { record, answer: { kind: 'busy', leftMs: lease.endsAtMs - nowMs } };
    if (failure !== undefined) {
      return { record, answer: { kind: 'failed', sealed: failure.sealed, leftMs: failure.endsAtMs - nowMs } };
    }
    const isRotation = isRejected || entry?.isRejected === true;
    return isRotation
      ? rotation(leased, record, { question, nowMs })
      : { record: leased, answer: { kind: 'lease', atMs: nowMs } };
  },

  put(before, { id, sealed, sealId, sealIds, requestedAtMs, lifetimeMs, owner }, nowMs) {
    const record = current(before, nowMs);
    const { entry } = record;
    const lease = record.lease?.owner === owner ? undefined : record.lease;
    const endsAtMs = requestedAtMs + lifetimeMs;
    const mayReplace =
      entry === undefined || (sealIds.includes(entry.sealId) && entry.id !== id && entry.requestedAtMs < requestedAtMs);
    if (endsAtMs <= nowMs || !mayReplace) return { record: { ...record, lease }, answer: false };
    const stored = { id, sealed, sealId, requestedAtMs, endsAtMs, isRejected: false };
    return { record: { ...record, lease, failure: undefined, entry: stored }, answer: true };
  },

  release(before, { owner, failure }, nowMs) {
    const record = current(before, nowMs);
    if (record.lease?.owner !== owner) return { record, answer: undefined };
    const failed = failure && { sealed: failure.sealed, endsAtMs: nowMs + failure.leftMs };
    return { record: { ...record, lease: undefined, failure: failed ?? record.failure }, answer: undefined };
  },
};

/** Without what has ended. */
function current({ entry, lease, failure, rotatedUntilMs = 0 }: StoreRecord, nowMs: number): StoreRecord {
  const lasts = ({ endsAtMs }: { readonly endsAtMs: number }): boolean => endsAtMs > nowMs;
  return {
    entry: entry && lasts(entry) ? entry : undefined,
    lease: lease && lasts(lease) ? lease : undefined,
    failure: failure && lasts(failure) ? failure : undefined,
    rotatedUntilMs: rotatedUntilMs > nowMs ? rotatedUntilMs : undefined,
  };
}

/** With the entry marked, when it is the token that was rejected. */
function marked(record: StoreRecord, { held, isRejected }: StoreQuestion): StoreRecord {
  const { entry } = record;
  if (!isRejected || entry === undefined || entry.id !== held?.id) return record;
  return { ...record, entry: { ...entry, isRejected: true } };
}

interface Rotation {
  readonly question: StoreQuestion;
  readonly nowMs: number;
}

/** A lease to replace a rejected token, when the replicas together have not used up their rotations. */
function rotation(leased: StoreRecord, record: StoreRecord, { question, nowMs }: Rotation): Decision<StoreAnswer> {
  const { rotationPeriodMs } = question;
  const paidMs = Math.max(record.rotatedUntilMs ?? 0, nowMs) - nowMs;
  const leftMs = paidMs - (rotationBurst - 1) * rotationPeriodMs;
  if (leftMs > 0) return { record, answer: { kind: 'limited', leftMs } };
  return {
    record: { ...leased, rotatedUntilMs: nowMs + paidMs + rotationPeriodMs },
    answer: { kind: 'lease', atMs: nowMs },
  };
}

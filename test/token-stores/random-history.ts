import type { StoreOffer, StoreQuestion, StoreRelease } from '@bearings/oauth-bearer/store';
import { seededRandom } from '../faults/seeded-random.ts';

/** One call of a store, at a time of its clock. */
export type StoreCall = { readonly atMs: number } & (
  | { readonly method: 'ask'; readonly with: StoreQuestion }
  | { readonly method: 'put'; readonly with: StoreOffer }
  | { readonly method: 'release'; readonly with: StoreRelease }
);

const startMs = 1_780_000_000_000;
const lease = 3_000;
const lifetime = 20_000;

/** Calls of three replicas, of two groups, in the order in which a store gets them; the same for the same seed. */
export function randomHistory(seed: number, length: number): readonly StoreCall[] {
  const random = seededRandom(seed);
  const pick = <T>(...items: readonly [T, ...T[]]): T => items[Math.floor(random() * items.length)] ?? items[0];
  let atMs = startMs;
  return Array.from({ length }, (): StoreCall => {
    atMs += pick(0, 0, 1, 1, 10, 500, pick(1_000, 2_999, 3_000, 3_001, 20_000));
    const owner = pick('one', 'two', 'three');
    const number = 1 + Math.floor(random() * 4);
    const sealIds = pick<readonly string[]>(['a.1'], ['a.1'], ['a.1', 'b.2'], ['b.2']);
    const method = pick('ask', 'ask', 'ask', 'ask', 'put', 'release');
    if (method === 'ask') {
      const held = pick(undefined, { id: `t${number}`, ageMs: pick(0, 1, 500, 1_000, 5_000, 30_000) });
      const isRejected = held !== undefined && pick(true, false);
      return {
        method,
        atMs,
        with: { held, isRejected, owner, leaseMs: lease, rotationPeriodMs: pick(0, 10_000), sealIds },
      };
    }
    if (method === 'release') {
      const failure = pick(undefined, { sealed: 'failure', leftMs: pick(1, 5_000) });
      return { method, atMs, with: { owner, failure } };
    }
    const requestedAtMs = atMs - pick(0, 1, 500, 1_000, 5_000, 30_000);
    const [sealId = ''] = sealIds;
    const id = `t${number}`;
    return {
      method,
      atMs,
      with: { id, sealed: `sealed ${id}`, sealId, sealIds, requestedAtMs, lifetimeMs: lifetime, owner },
    };
  });
}

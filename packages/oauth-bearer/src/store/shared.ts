import { systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { TokenConfigError } from '../errors.ts';
import { KeyRing } from '../sealing/key-ring.ts';
import type { KeySet } from '../sealing/key-set.ts';
import type { TokenSource } from '../sources/token-source.ts';
import { createSharedSource } from './shared-source.ts';
import { storeKey } from './store-key.ts';
import { TokenSeal } from './token-seal.ts';
import type { TokenStore } from './token-store.ts';

/** How a source is shared. */
export interface SharedOptions {
  readonly store: TokenStore;
  /** What entries are sealed with. */
  readonly keys: KeySet | KeyRing;
  /**
   * Everything that decides which token is issued: replicas share when it is equal, as JSON. A function is called at each
   * acquisition; when it fails, the replica requests a token of its own. It is called again when the token has arrived: when
   * it fails then, takes longer than 2 s, or answers otherwise, the token is not stored.
   */
  readonly identity: unknown;
  /** The time between two rotations of all replicas together, after three at once. Default: 10 s. */
  readonly minRefreshPeriodMs?: number;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** A number in [0, 1), for jitter. Default: `Math.random`. */
  readonly random?: () => number;
}

/**
 * A source whose tokens are shared by replicas, by a store.
 *
 * @throws TokenConfigError for keys that are missing or too short
 */
export function shared(source: TokenSource, options: SharedOptions): TokenSource {
  const { store, keys, identity, clock = systemClock, random = Math.random, minRefreshPeriodMs = 10_000 } = options;
  const ring = keys instanceof KeyRing ? keys : new KeyRing(keys, { field: 'keys' });
  if (ring.ids.length === 0)
    throw new TokenConfigError('keys', 'must be a set: replicas compare the ids of their keys');
  const seal = new TokenSeal(ring, clock);
  const fixed = isFunction(identity) ? undefined : storeKey(identity);
  const key = async (): Promise<string> => fixed ?? storeKey(isFunction(identity) ? await identity() : identity);
  return createSharedSource(source, { store, seal, key, clock, random, rotationPeriodMs: minRefreshPeriodMs });
}

const isFunction = (value: unknown): value is () => unknown => typeof value === 'function';

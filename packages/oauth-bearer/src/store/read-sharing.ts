import { methodsRule } from '@bearings/client/layer';
import { TokenConfigError } from '../errors.ts';
import { KeyRing } from '../sealing/key-ring.ts';
import type { KeySet } from '../sealing/key-set.ts';
import type { Grant } from '../grants/grant.ts';
import type { TokenStore } from './token-store.ts';

/** The store of a token, and what its entries are sealed with. */
export interface Sharing {
  readonly store: TokenStore;
  readonly keys: KeyRing;
}

const storeRule = methodsRule(
  'a store, such as redisTokenStore(client) or fileTokenStore(path)',
  'ask',
  'put',
  'release',
);

/** True for something that has the methods of a store. */
export const isTokenStore = (value: unknown): value is TokenStore => storeRule.test(value);

interface SharingConfig {
  readonly store?: TokenStore | undefined;
  readonly storeKeys?: KeySet | undefined;
}

/** @throws TokenConfigError */
export function readSharing(config: SharingConfig, grant?: Grant): Sharing | undefined {
  const { store, storeKeys } = config;
  if (store === undefined && storeKeys === undefined) return undefined;
  if (store === undefined) throw new TokenConfigError('storeKeys', 'needs store: without a store nothing is sealed');
  if (!isTokenStore(store)) throw new TokenConfigError('store', `must be ${storeRule.expected}`);
  if (storeKeys === undefined) {
    const problem = "needs storeKeys, which seal what it holds: { current: 'id', keys: { id: 32 random bytes } }";
    throw new TokenConfigError('store', problem);
  }
  if (grant !== undefined && grant.identity === undefined) {
    const problem = `cannot be used with a ${grant.type} grant of tokens that change: replicas would share them`;
    throw new TokenConfigError('store', problem);
  }
  return { store, keys: new KeyRing(storeKeys, { field: 'storeKeys' }) };
}

export { memoryTokenStore } from './memory-token-store.ts';
export type { MemoryTokenStoreOptions } from './memory-token-store.ts';
export { shared } from './shared.ts';
export type { SharedOptions } from './shared.ts';
export type { HeldEntry, StoreAnswer, StoreOffer, StoreQuestion, StoreRelease, TokenStore } from './token-store.ts';
export type { KeySet, KeyValue, SealingKey } from '../sealing/key-set.ts';

/** How stored tokens are encrypted, for packages that store tokens. */
export { KeyRing } from './key-ring.ts';
export type { KeyRingOptions } from './key-ring.ts';
export type { KeySet, KeySource, KeyValue, SealingKey } from './key-set.ts';
export { Sealer } from './sealer.ts';
export type { Sealed } from './sealer.ts';
export type { Bytes } from './bytes.ts';

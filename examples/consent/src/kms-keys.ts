import type { KeySource } from '@bearings/user-tokens';

/** Decrypts a key, as the KMS of your cloud does. */
type Unwrap = (wrapped: Uint8Array) => Promise<Uint8Array>;

/** Keys that are stored encrypted by a KMS, by id. Each is decrypted once, when it is first needed. */
export function kmsKeys(current: string, wrapped: ReadonlyMap<string, Uint8Array>, unwrap: Unwrap): KeySource {
  return {
    current: () => current,
    async get(id) {
      const key = wrapped.get(id);
      return key && unwrap(key);
    },
  };
}

import { KeyRing } from '@bearings/oauth-bearer/sealing';
import type { KeyValue } from '@bearings/oauth-bearer/store';

/** True for a key that tokens can be sealed with: 32 bytes, or their base64 or base64url. */
export function isSealingKey(key: KeyValue): boolean {
  try {
    return new KeyRing({ current: 'key', keys: { key } }, { field: 'key' }).ids.length > 0;
  } catch {
    return false;
  }
}

import type { JsonWebKeyInput, KeyObject, webcrypto } from 'node:crypto';
import { isRequestBound } from '@bearings/client/layer';

/** A key in the form that jose signs with. workerd has Node's `KeyObject`, but cannot turn it into a `CryptoKey`. */
export function toJoseKey(
  key: KeyObject | webcrypto.CryptoKey,
): KeyObject | webcrypto.CryptoKey | JsonWebKeyInput['key'] {
  return 'export' in key && isRequestBound() ? key.export({ format: 'jwk' }) : key;
}

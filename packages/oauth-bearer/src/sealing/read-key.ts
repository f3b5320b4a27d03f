import { SecretString } from '../secret-string.ts';
import { fromBase64 } from './base64.ts';
import type { Bytes } from './bytes.ts';

const keyBytes = 32;

/** The bytes of a key; what is wrong with it when it is none. The text does not quote it. */
export function readKey(value: unknown): Bytes | string {
  const given = value instanceof SecretString ? value.expose() : value;
  const bytes = typeof given === 'string' ? fromBase64(given.trim()) : given;
  if (bytes instanceof Uint8Array && bytes.length === keyBytes) return Uint8Array.from(bytes);
  const found = bytes instanceof Uint8Array ? `${bytes.length} bytes` : 'no bytes';
  return `must be ${keyBytes} random bytes, or their base64url text, not ${found}`;
}

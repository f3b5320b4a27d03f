import { SecretString } from '../secret-string.ts';

const keyBytes = 32;

/** The bytes of a key; what is wrong with it when it is none. The text does not quote it. */
export function readKey(value: unknown): Uint8Array<ArrayBuffer> | string {
  const given = value instanceof SecretString ? value.expose() : value;
  const bytes = typeof given === 'string' ? fromBase64(given) : given;
  if (bytes instanceof Uint8Array && bytes.length === keyBytes) return Uint8Array.from(bytes);
  const found = bytes instanceof Uint8Array ? `${bytes.length} bytes` : 'no bytes';
  return `must be ${keyBytes} random bytes, or their base64url text, not ${found}`;
}

/** Base64 and base64url, with or without padding. */
function fromBase64(text: string): Uint8Array | undefined {
  return /^[\w+/-]+={0,2}$/.test(text.trim()) ? Buffer.from(text.trim(), 'base64') : undefined;
}

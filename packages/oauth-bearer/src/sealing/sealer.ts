import type { webcrypto } from 'node:crypto';
import type { Bytes } from './bytes.ts';
import type { KeyRing } from './key-ring.ts';

/** Sealed content, and the key that opens it. */
export interface Sealed {
  readonly keyId: string;
  readonly sealed: Bytes;
}

const format = 1;
const saltBytes = 32;
const ivBytes = 12;
const headBytes = 1 + saltBytes + ivBytes;

/**
 * Encrypts what a store keeps: AES-256-GCM with a key that HKDF-SHA-256 derives for each write from the key of the ring
 * and a random salt, so that the number of writes under one key has no practical limit.
 *
 * What is sealed opens in its own place only: the context (which entry, whose it is) is authenticated with it. The form
 * is `1 ‖ salt ‖ iv ‖ ciphertext and tag`.
 */
export class Sealer {
  readonly #ring: KeyRing;
  readonly #purpose: Bytes;

  /** @param purpose - keeps the keys derived here apart from all others, such as `bearings/token-store/1` */
  constructor(ring: KeyRing, purpose: string) {
    this.#ring = ring;
    this.#purpose = new TextEncoder().encode(purpose);
  }

  /** Seals with the current key. */
  async seal(plaintext: Bytes, context: readonly string[]): Promise<Sealed> {
    const keyId = await this.#ring.currentId();
    const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
    const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
    const key = await this.#deriveKey(keyId, salt, 'encrypt');
    if (key === undefined) throw new TypeError(`The current key ${keyId} is missing`); // a source that forgets it
    const algorithm = { name: 'AES-GCM', iv, additionalData: bindContext(keyId, context) };
    const ciphertext = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, plaintext));
    const sealed = new Uint8Array(headBytes + ciphertext.length);
    sealed[0] = format;
    sealed.set(salt, 1);
    sealed.set(iv, 1 + saltBytes);
    sealed.set(ciphertext, headBytes);
    return { sealed, keyId };
  }

  /** Opens what was sealed in this context; `undefined` when it was not, has changed, or its key is missing. */
  async open({ sealed, keyId }: Sealed, context: readonly string[]): Promise<Uint8Array | undefined> {
    if (sealed[0] !== format || sealed.length < headBytes) return undefined;
    const key = await this.#deriveKey(keyId, sealed.slice(1, 1 + saltBytes), 'decrypt');
    if (key === undefined) return undefined;
    const iv = sealed.slice(1 + saltBytes, headBytes);
    try {
      const algorithm = { name: 'AES-GCM', iv, additionalData: bindContext(keyId, context) };
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed.slice(headBytes)));
    } catch {
      return undefined;
    }
  }

  async #deriveKey(keyId: string, salt: Bytes, usage: 'encrypt' | 'decrypt'): Promise<webcrypto.CryptoKey | undefined> {
    const key = await this.#ring.get(keyId);
    if (key === undefined) return undefined;
    const parameters = { name: 'HKDF', hash: 'SHA-256', salt, info: this.#purpose };
    return crypto.subtle.deriveKey(parameters, key, { name: 'AES-GCM', length: 256 }, false, [usage]);
  }
}

/** Each part with its length before it: no two contexts have the same bytes. */
function bindContext(keyId: string, context: readonly string[]): Bytes {
  const parts = [String(format), keyId, ...context].map((part) => new TextEncoder().encode(part));
  const bytes = new Uint8Array(parts.reduce((total, part) => total + 4 + part.length, 0));
  const view = new DataView(bytes.buffer);
  let offset = 0;
  for (const part of parts) {
    view.setUint32(offset, part.length);
    bytes.set(part, offset + 4);
    offset += 4 + part.length;
  }
  return bytes;
}

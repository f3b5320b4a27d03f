import type { webcrypto } from 'node:crypto';
import { StoreError } from '../errors.ts';
import type { SealedContent } from '../store/grant-record.ts';
import type { KeyRing } from './key-ring.ts';

const format = 1;
const saltBytes = 32;
const ivBytes = 12;
const headBytes = 1 + saltBytes + ivBytes;
/** Keeps keys that are derived for this purpose apart from all others. */
const purpose = new TextEncoder().encode('bearings/user-tokens/seal/1');

/**
 * Encrypts what a store keeps: AES-256-GCM with a key that HKDF-SHA-256 derives for each write from the master key and a
 * random salt, so that the number of writes under one master key has no practical limit.
 *
 * What is sealed opens in its own place only: the context (whose it is, which version) is authenticated with it.
 * The form is `1 ‖ salt ‖ iv ‖ ciphertext and tag`.
 */
export class Sealer {
  readonly #ring: KeyRing;

  constructor(ring: KeyRing) {
    this.#ring = ring;
  }

  /** Seals with the current key. */
  async seal(plaintext: Uint8Array<ArrayBuffer>, context: readonly string[]): Promise<SealedContent> {
    const { id: keyId, key } = await this.#ring.current();
    const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
    const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
    const derived = await deriveKey(key, salt, 'encrypt');
    const algorithm = { name: 'AES-GCM', iv, additionalData: bindContext(keyId, context) };
    const ciphertext = new Uint8Array(await crypto.subtle.encrypt(algorithm, derived, plaintext));
    const sealed = new Uint8Array(headBytes + ciphertext.length);
    sealed[0] = format;
    sealed.set(salt, 1);
    sealed.set(iv, 1 + saltBytes);
    sealed.set(ciphertext, headBytes);
    return { sealed, keyId };
  }

  /**
   * Opens what was sealed in this context.
   *
   * @throws StoreError with the reason `unknown_key` or `undecryptable`
   */
  async open({ sealed, keyId }: SealedContent, context: readonly string[]): Promise<Uint8Array> {
    const key = await this.#ring.get(keyId);
    const bytes = Uint8Array.from(sealed);
    if (bytes[0] !== format || bytes.length < headBytes) throw undecryptable(keyId);
    const derived = await deriveKey(key, bytes.subarray(1, 1 + saltBytes), 'decrypt');
    const iv = bytes.subarray(1 + saltBytes, headBytes);
    try {
      const algorithm = { name: 'AES-GCM', iv, additionalData: bindContext(keyId, context) };
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, derived, bytes.subarray(headBytes)));
    } catch {
      throw undecryptable(keyId);
    }
  }

  /** The id of the key that new content is sealed with. */
  async currentKeyId(): Promise<string> {
    return (await this.#ring.current()).id;
  }
}

const undecryptable = (keyId: string): StoreError =>
  new StoreError(
    'undecryptable',
    `The stored tokens do not open with the key ${JSON.stringify(keyId)}: the row was changed or moved, or the key has another value`,
  );

async function deriveKey(
  master: webcrypto.CryptoKey,
  salt: Uint8Array<ArrayBuffer>,
  usage: 'encrypt' | 'decrypt',
): Promise<webcrypto.CryptoKey> {
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt, info: purpose };
  return crypto.subtle.deriveKey(parameters, master, { name: 'AES-GCM', length: 256 }, false, [usage]);
}

/** Each part with its length before it: no two contexts have the same bytes. */
function bindContext(keyId: string, context: readonly string[]): Uint8Array<ArrayBuffer> {
  const parts = [String(format), keyId, ...context].map((part) => Buffer.from(part, 'utf8'));
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

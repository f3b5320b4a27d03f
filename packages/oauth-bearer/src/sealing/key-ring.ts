import type { webcrypto } from 'node:crypto';
import { TokenConfigError } from '../errors.ts';
import { SecretString } from '../secret-string.ts';
import type { KeySet, KeyValue, SealingKey } from './key-set.ts';

const keyBytes = 32;

/** The keys of a set, imported once each. Their bytes cannot be read back from it. */
export class KeyRing {
  /** The id of the key that new content is sealed with. */
  readonly currentId: string;
  readonly #keys: ReadonlyMap<string, SealingKey>;
  readonly #imported = new Map<string, Promise<webcrypto.CryptoKey>>();

  /**
   * @param field - the option that the keys come from, for errors
   * @throws TokenConfigError for a key that is too short; a function is called when its key is needed
   */
  constructor(keys: KeySet, field: string) {
    if (typeof keys?.keys !== 'object' || keys.keys === null) {
      throw new TokenConfigError(field, "must be { current: 'id', keys: { id: key } }, with keys of 32 random bytes");
    }
    this.#keys = new Map(Object.entries(keys.keys));
    this.currentId = keys.current;
    if (!this.#keys.has(keys.current)) throw new TokenConfigError(`${field}.current`, `names no key in ${field}.keys`);
    for (const [id, key] of this.#keys) {
      checkId(id, field);
      if (typeof key !== 'function') readKey(key, `${field}.keys.${id}`);
    }
  }

  get ids(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /**
   * The key of an id, to derive others from; `undefined` when there is none.
   *
   * @throws TokenConfigError when the function of the key fails or answers with something else
   */
  async get(id: string): Promise<webcrypto.CryptoKey | undefined> {
    const given = this.#keys.get(id);
    if (given === undefined) return undefined;
    const imported = this.#imported.get(id) ?? importKey(given, id);
    this.#imported.set(id, imported);
    try {
      return await imported;
    } catch (cause) {
      this.#imported.delete(id); // asked for again the next time
      throw cause;
    }
  }
}

async function importKey(given: SealingKey, id: string): Promise<webcrypto.CryptoKey> {
  const bytes = readKey(typeof given === 'function' ? await callForKey(given, id) : given, `key ${id}`);
  // HKDF allows nothing but deriving, and `false` makes the bytes unreadable
  return crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveKey']);
}

async function callForKey(read: () => KeyValue | Promise<KeyValue>, id: string): Promise<KeyValue> {
  try {
    return await read();
  } catch {
    throw new TokenConfigError(`key ${id}`, 'could not be read: its function failed'); // may quote the key
  }
}

/** Ids are stored beside what they seal, and shown in messages. */
function checkId(id: string, field: string): void {
  if (/^[\w:-]{1,64}$/.test(id)) return;
  throw new TokenConfigError(`${field}.keys`, 'has an id that is not 1 to 64 letters, digits or one of _ : -');
}

/** @throws TokenConfigError that does not quote the value */
function readKey(value: unknown, field: string): Uint8Array<ArrayBuffer> {
  const given = value instanceof SecretString ? value.expose() : value;
  const bytes = typeof given === 'string' ? fromBase64(given) : given;
  if (bytes instanceof Uint8Array && bytes.length === keyBytes) return Uint8Array.from(bytes);
  const found = bytes instanceof Uint8Array ? `${bytes.length} bytes` : 'no bytes';
  throw new TokenConfigError(field, `must be ${keyBytes} random bytes, or their base64url text, not ${found}`);
}

/** Base64 and base64url, with or without padding. */
function fromBase64(text: string): Uint8Array | undefined {
  return /^[\w+/-]+={0,2}$/.test(text.trim()) ? Buffer.from(text.trim(), 'base64') : undefined;
}

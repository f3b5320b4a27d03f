import type { webcrypto } from 'node:crypto';
import { SecretString } from '@bearings/oauth-bearer';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { StoreError, UserTokensConfigError } from '../errors.ts';
import type { KeySet, KeySource, KeyValue, SealingKey } from './key-set.ts';

const keyBytes = 32;

/** What content is sealed with. */
export interface RingKey {
  readonly id: string;
  readonly key: webcrypto.CryptoKey;
}

/** The keys of a set or a source, imported once each. Their bytes cannot be read back from it. */
export class KeyRing {
  readonly #source: KeySource;
  readonly #imported = new Map<string, Promise<webcrypto.CryptoKey | undefined>>();

  private constructor(source: KeySource) {
    this.#source = source;
  }

  /** Checks the keys that are values, and reads the current one. */
  static async create(keys: KeySet | KeySource): Promise<Result<KeyRing, UserTokensConfigError>> {
    try {
      const ring = new KeyRing(toSource(keys));
      await ring.current();
      return Ok(ring);
    } catch (cause) {
      if (cause instanceof UserTokensConfigError) return Err(cause);
      if (cause instanceof StoreError) return Err(new UserTokensConfigError('keys.current', cause.message));
      return Err(new UserTokensConfigError('keys', 'could not be read: the function failed')); // may quote the key
    }
  }

  /** The key that new content is sealed with. */
  async current(): Promise<RingKey> {
    const id: unknown = await this.#source.current();
    checkId(id);
    return { id, key: await this.get(id) };
  }

  /**
   * The key of an id.
   *
   * @throws StoreError with the reason `unknown_key`
   */
  async get(id: string): Promise<webcrypto.CryptoKey> {
    const known = this.#imported.get(id) ?? this.#import(id);
    const key = await known;
    if (key !== undefined) return key;
    throw new StoreError(
      'unknown_key',
      `keys has no key ${JSON.stringify(id)}. Add it to keys until rekey() reports no more rows with it`,
    );
  }

  /** A key that is not there, or whose function fails, is asked for again the next time. */
  #import(id: string): Promise<webcrypto.CryptoKey | undefined> {
    const imported = this.#read(id);
    this.#imported.set(id, imported);
    const forget = (): void => void this.#imported.delete(id);
    void imported.then((key) => key ?? forget(), forget);
    return imported;
  }

  async #read(id: string): Promise<webcrypto.CryptoKey | undefined> {
    const value = await this.#source.get(id);
    if (value === undefined) return undefined;
    const bytes = readKey(value, `keys.${id}`);
    // HKDF allows nothing but deriving, and `false` makes the bytes unreadable
    return crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveKey']);
  }
}

function toSource(keys: KeySet | KeySource): KeySource {
  if (isSource(keys)) return keys;
  if (typeof keys?.keys !== 'object' || keys.keys === null) {
    throw new UserTokensConfigError('keys', 'must be { current, keys } or have the functions current and get');
  }
  const entries = new Map<string, SealingKey>(Object.entries(keys.keys));
  for (const [id, key] of entries) {
    checkId(id);
    if (typeof key !== 'function') readKey(key, `keys.${id}`);
  }
  if (!entries.has(keys.current)) throw new UserTokensConfigError('keys.current', 'names no key in keys');
  return {
    current: () => keys.current,
    get: (id) => {
      const key = entries.get(id);
      return typeof key === 'function' ? key() : key;
    },
  };
}

const isSource = (keys: KeySet | KeySource): keys is KeySource =>
  typeof keys?.current === 'function' && 'get' in keys && typeof keys.get === 'function';

/** Ids are stored beside what they seal, and shown in messages. */
function checkId(id: unknown): asserts id is string {
  if (typeof id === 'string' && /^[\w.:-]{1,64}$/.test(id)) return;
  throw new UserTokensConfigError('keys', 'has an id that is not 1 to 64 letters, digits or one of . _ : -');
}

/** @throws UserTokensConfigError that does not quote the value */
function readKey(value: KeyValue, field: string): Uint8Array<ArrayBuffer> {
  const text = value instanceof SecretString ? value.expose() : value;
  const bytes = typeof text === 'string' ? fromBase64(text) : text;
  if (bytes instanceof Uint8Array && bytes.length === keyBytes) return Uint8Array.from(bytes);
  const found = bytes instanceof Uint8Array ? `${bytes.length} bytes` : 'no bytes';
  throw new UserTokensConfigError(field, `must be ${keyBytes} random bytes, or their base64url text, not ${found}`);
}

/** Base64 and base64url, with or without padding. */
function fromBase64(text: string): Uint8Array | undefined {
  return /^[\w+/-]+={0,2}$/.test(text.trim()) ? Buffer.from(text.trim(), 'base64') : undefined;
}

import type { webcrypto } from 'node:crypto';
import { TokenConfigError } from '../errors.ts';
import type { Bytes } from './bytes.ts';
import type { KeySet, KeySource, SealingKey } from './key-set.ts';
import { readKey } from './read-key.ts';

export interface KeyRingOptions {
  /** The option that the keys come from, as errors name it. */
  readonly field: string;
  /** Creates the error for keys that are wrong or cannot be read. Default: a `TokenConfigError`. */
  readonly toError?: (field: string, problem: string) => Error;
}

/** The keys of a set or a source, imported once each. Their bytes cannot be read back from it. */
export class KeyRing {
  /** The ids of a set, the current one first; empty for a source, which does not say what it has. */
  readonly ids: readonly string[];
  readonly #source: KeySource;
  readonly #options: Required<KeyRingOptions>;
  readonly #imported = new Map<string, Promise<webcrypto.CryptoKey | undefined>>();

  /** @throws the error of `toError` for a key that is too short; a function is called when its key is needed */
  constructor(keys: KeySet | KeySource, { field, toError = toConfigError }: KeyRingOptions) {
    this.#options = { field, toError };
    this.#source = isSource(keys) ? keys : this.#readSet(keys);
    this.ids = isSource(keys) ? [] : [keys.current, ...Object.keys(keys.keys).filter((id) => id !== keys.current)];
  }

  /**
   * The id of the key that new content is sealed with.
   *
   * @throws the error of `toError` when the source fails or answers with something else
   */
  async currentId(): Promise<string> {
    const id: unknown = await this.#call(async () => this.#source.current(), `${this.#options.field}.current`);
    return this.#checkId(id);
  }

  /**
   * The key of an id, to derive others from; `undefined` when there is none. A key that is not there, or whose function
   * fails, is asked for again the next time.
   *
   * @throws the error of `toError` when the function of the key fails or answers with something else
   */
  async get(id: string): Promise<webcrypto.CryptoKey | undefined> {
    const known = this.#imported.get(id);
    if (known !== undefined) return known;
    const imported = this.#import(id);
    this.#imported.set(id, imported);
    const forget = (): void => void this.#imported.delete(id);
    void imported.then((key) => key ?? forget(), forget);
    return imported;
  }

  async #import(id: string): Promise<webcrypto.CryptoKey | undefined> {
    const field = this.#keyField(id);
    const value = await this.#call(async () => this.#source.get(id), field);
    if (value === undefined) return undefined;
    // HKDF allows nothing but deriving, and `false` makes the bytes unreadable
    return crypto.subtle.importKey('raw', this.#readKey(value, field), 'HKDF', false, ['deriveKey']);
  }

  #readSet(keys: KeySet): KeySource {
    const { field, toError } = this.#options;
    if (typeof keys?.keys !== 'object' || keys.keys === null) {
      const problem = "must be { current: 'id', keys: { id: key } }, with keys of 32 random bytes";
      throw toError(field, problem);
    }
    const entries = new Map<string, SealingKey>(Object.entries(keys.keys));
    for (const [id, key] of entries) {
      this.#checkId(id);
      if (typeof key !== 'function') this.#readKey(key, this.#keyField(id));
    }
    if (!entries.has(keys.current)) throw toError(`${field}.current`, `names no key in ${field}.keys`);
    return {
      current: () => keys.current,
      get: (id) => {
        const key = entries.get(id);
        return typeof key === 'function' ? key() : key;
      },
    };
  }

  /** Ids are stored beside what they seal, and shown in messages. */
  #checkId(id: unknown): string {
    if (typeof id === 'string' && /^[\w:-]{1,64}$/.test(id)) return id;
    const { field, toError } = this.#options;
    throw toError(field, 'has an id that is not 1 to 64 letters, digits or one of _ : -');
  }

  #readKey(value: unknown, field: string): Bytes {
    const read = readKey(value);
    if (typeof read === 'string') throw this.#options.toError(field, read);
    return read;
  }

  async #call<T>(read: () => Promise<T>, field: string): Promise<T> {
    try {
      return await read();
    } catch {
      throw this.#options.toError(field, 'could not be read: its function failed'); // which may quote the key
    }
  }

  #keyField(id: string): string {
    return `${this.#options.field}.keys.${id}`;
  }
}

const toConfigError = (field: string, problem: string): Error => new TokenConfigError(field, problem);

const isSource = (keys: KeySet | KeySource): keys is KeySource =>
  typeof keys?.current === 'function' && 'get' in keys && typeof keys.get === 'function';

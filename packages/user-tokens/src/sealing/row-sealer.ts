import { Sealer } from '@bearings/oauth-bearer/sealing';
import type { Bytes, KeyRing } from '@bearings/oauth-bearer/sealing';
import { StoreError } from '../errors.ts';
import type { SealedContent } from '../store/grant-record.ts';

/** Keeps the keys that are derived for rows apart from all others. */
const purpose = 'bearings/user-tokens/seal/1';

/** Seals the secrets of rows, and says why one cannot be decrypted. */
export class RowSealer {
  readonly #ring: KeyRing;
  readonly #sealer: Sealer;

  constructor(ring: KeyRing) {
    this.#ring = ring;
    this.#sealer = new Sealer(ring, purpose);
  }

  /** Seals with the current key. */
  async seal(plaintext: Bytes, context: readonly string[]): Promise<SealedContent> {
    return this.#sealer.seal(plaintext, context);
  }

  /**
   * Opens what was sealed in this context.
   *
   * @throws StoreError with the reason `unknown_key` or `undecryptable`
   */
  async open({ sealed, keyId }: SealedContent, context: readonly string[]): Promise<Uint8Array> {
    const opened = await this.#sealer.open({ sealed: Uint8Array.from(sealed), keyId }, context);
    if (opened !== undefined) return opened;
    throw (await this.hasKey(keyId)) ? undecryptable(keyId) : unknownKey(keyId);
  }

  async hasKey(id: string): Promise<boolean> {
    return (await this.#ring.get(id)) !== undefined;
  }

  /** The id of the key that new content is sealed with. */
  async currentKeyId(): Promise<string> {
    return this.#ring.currentId();
  }
}

const unknownKey = (id: string): StoreError =>
  new StoreError(
    'unknown_key',
    `keys has no key ${JSON.stringify(id)}. Add it to keys until rekey() reports no more rows with it`,
  );

const undecryptable = (id: string): StoreError =>
  new StoreError(
    'undecryptable',
    `The stored tokens do not open with the key ${JSON.stringify(id)}: the row was changed or moved, or the key has another value`,
  );

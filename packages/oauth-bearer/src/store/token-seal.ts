import type { webcrypto } from 'node:crypto';
import type { Clock } from '@bearings/client';
import { fromBase64, toBase64url } from '../sealing/base64.ts';
import type { KeyRing } from '../sealing/key-ring.ts';
import { Sealer } from '../sealing/sealer.ts';
import type { IssuedToken } from '../sources/token-source.ts';

/** What a token is stored as. */
export interface SealedToken {
  readonly id: string;
  readonly sealed: string;
}

const purpose = 'bearings/token-store/1';
/** A sealed entry that is longer is not read: no token is so long. */
const longestEntry = 65_536;
/** How far two wall clocks are assumed to be apart at most. It only limits for how long an old entry can be put back. */
const clockDifferenceMs = 3 * 3_600_000;

/** Turns tokens into entries of a store, and back. */
export interface EntrySeal {
  /** The public ids of the seals that open here, the one for new entries first. */
  ids(): Promise<readonly string[]>;
  /** The id of a token: the same for the same token. */
  idFor(value: string): Promise<string>;
  /** A token as an entry; `undefined` for one that is too long, or has no end. */
  seal(key: string, issued: IssuedToken): Promise<SealedToken | undefined>;
  /** The token of an entry; `undefined` when it cannot be decrypted, belongs to another key or has ended. */
  open(key: string, entry: SealedToken): Promise<IssuedToken | undefined>;
  sealText(content: unknown, context: readonly string[]): Promise<string>;
  openText(text: string, context: readonly string[]): Promise<unknown>;
}

/** Seals with AES-256-GCM. Ids of tokens are HMACs, useless without the key. */
export class TokenSeal implements EntrySeal {
  readonly #ring: KeyRing;
  readonly #sealer: Sealer;
  readonly #clock: Clock;
  #ids: readonly string[] | undefined;

  constructor(ring: KeyRing, clock: Clock) {
    this.#ring = ring;
    this.#sealer = new Sealer(ring, purpose);
    this.#clock = clock;
  }

  /** An id holds a part of a hash of the key: the same name with another key is another seal. */
  async ids(): Promise<readonly string[]> {
    this.#ids ??= await Promise.all(this.#ring.ids.map(async (id) => `${id}.${await this.#sign('seal', id, 6)}`));
    return this.#ids;
  }

  async idFor(value: string): Promise<string> {
    return this.#sign(`token ${value}`, await this.#ring.currentId(), 16);
  }

  async seal(key: string, issued: IssuedToken): Promise<SealedToken | undefined> {
    const { value, lifetimeMs, scopes, scheme, username } = issued;
    if (lifetimeMs === Infinity || value.length > longestEntry / 2) return undefined;
    const endsAt = this.#clock.now() + lifetimeMs;
    const id = await this.idFor(value);
    return { id, sealed: await this.sealText({ value, lifetimeMs, endsAt, scopes, scheme, username }, [key, id]) };
  }

  async open(key: string, { id, sealed }: SealedToken): Promise<IssuedToken | undefined> {
    const content = await this.openText(sealed, [key, id]);
    if (!isStoredToken(content) || content.endsAt + clockDifferenceMs < this.#clock.now()) return undefined;
    const { endsAt: _, ...issued } = content;
    return issued;
  }

  async sealText(content: unknown, context: readonly string[]): Promise<string> {
    const { keyId, sealed } = await this.#sealer.seal(new TextEncoder().encode(JSON.stringify(content)), context);
    return `${keyId}.${toBase64url(sealed)}`;
  }

  async openText(text: string, context: readonly string[]): Promise<unknown> {
    if (typeof text !== 'string' || text.length > longestEntry) return undefined;
    const [keyId = '', content = ''] = text.split('.');
    const sealed = fromBase64(content);
    const opened = sealed && (await this.#sealer.open({ keyId, sealed }, context));
    return opened === undefined ? undefined : JSON.parse(new TextDecoder().decode(opened));
  }

  async #sign(text: string, keyId: string, bytes: number): Promise<string> {
    const key = await this.#ring.get(keyId);
    if (key === undefined) return '';
    const signed = await crypto.subtle.sign('HMAC', await signingKey(key), new TextEncoder().encode(text));
    return toBase64url(new Uint8Array(signed, 0, bytes));
  }
}

function signingKey(key: webcrypto.CryptoKey): Promise<webcrypto.CryptoKey> {
  const info = new TextEncoder().encode(`${purpose}/id`);
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info };
  return crypto.subtle.deriveKey(parameters, key, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']);
}

type StoredToken = IssuedToken & { readonly endsAt: number };

/** What opens was sealed by a replica, of this version or of another. */
function isStoredToken(content: unknown): content is StoredToken {
  if (typeof content !== 'object' || content === null) return false;
  const { value, lifetimeMs, endsAt }: Partial<Record<keyof StoredToken, unknown>> = content;
  return typeof value === 'string' && typeof lifetimeMs === 'number' && typeof endsAt === 'number';
}

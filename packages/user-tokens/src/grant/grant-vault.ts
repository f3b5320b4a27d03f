import type { IssuedToken } from '@bearings/oauth-bearer';
import type { DpopBinding } from '@bearings/oauth-bearer/source';
import { StoreError } from '../errors.ts';
import { grantContext } from '../sealing/seal-context.ts';
import type { GrantBinding } from '../sealing/seal-context.ts';
import type { RowSealer } from '../sealing/row-sealer.ts';
import type { GrantKey } from '../store/grant-key.ts';
import type { GrantContent, GrantRecord, SealedContent } from '../store/grant-record.ts';
import type { GrantStore } from '../store/grant-store.ts';
import { decodePair, encodePair, refreshLifetimeMs, toTokenPair } from './token-pair.ts';
import type { TokenPair } from './token-pair.ts';

/** What a user has consented to, as the token endpoint answered it. */
export interface Consent extends GrantKey {
  readonly issuer: string;
  readonly clientId: string;
  readonly issued: IssuedToken;
  /** How long ago the token was requested, in milliseconds. */
  readonly ageMs: number;
  /** The members of the answer to keep. */
  readonly keepExtras?: readonly string[] | undefined;
  /** The key that the tokens are bound to. */
  readonly binding?: DpopBinding | undefined;
  /** True for a client without authentication: its refresh tokens are bound too (RFC 9449 §5). Default: false. */
  readonly isPublic?: boolean | undefined;
}

/** How often a consent is tried to be stored while other processes change the same row. */
const maxSaves = 10;

/** Reads and writes the tokens of grants: what the store has is sealed, what callers get is open. */
export class GrantVault {
  readonly #store: GrantStore;
  readonly #sealer: RowSealer;

  constructor(store: GrantStore, sealer: RowSealer) {
    this.#store = store;
    this.#sealer = sealer;
  }

  /**
   * The tokens of a grant.
   *
   * @throws StoreError with the reason `unknown_key` or `undecryptable`
   */
  async open(grant: GrantRecord): Promise<TokenPair> {
    const { sealed, keyId } = grant;
    if (sealed === undefined) throw new StoreError('undecryptable', 'The tokens of this grant have been erased');
    return decodePair(await this.#sealer.open({ sealed, keyId }, grantContext(grant)));
  }

  /** Seals tokens for the row and the version that they will have. */
  async seal(pair: TokenPair, binding: GrantBinding): Promise<SealedContent> {
    return this.#sealer.seal(encodePair(pair), grantContext(binding));
  }

  /**
   * Stores what a user has consented to, over what there was for this user, connection and account.
   *
   * When the provider issued no refresh token, the stored one is kept if the grant is active, of the same client, and of an
   * account that is known, and the new key may use it.
   *
   * @throws StoreError
   */
  async save(consent: Consent): Promise<GrantRecord> {
    for (let tries = 0; tries < maxSaves; tries += 1) {
      const saved = await this.#trySave(consent);
      if (saved !== undefined) return saved;
    }
    throw new StoreError(
      'unavailable',
      `${this.#store.name}: the grant was changed by others ${maxSaves} times in a row`,
    );
  }

  /** `undefined` when another process was faster. */
  async #trySave(consent: Consent): Promise<GrantRecord | undefined> {
    const { tenant, user, connection, account } = consent;
    const key = { tenant, user, connection, account };
    const known = await this.#store.find(key);
    if (known === undefined) {
      const id = crypto.randomUUID();
      const content = await this.#toContent(consent, { ...consent, id, version: 1 });
      return (await this.#store.insert({ ...key, id, ...content })) ? this.#store.get(id) : undefined;
    }
    const binding = { ...consent, id: known.id, version: known.version + 1 };
    const content = await this.#toContent(consent, binding, known);
    return (await this.#store.replace(known.id, known.version, content)) ? this.#store.get(known.id) : undefined;
  }

  async #toContent(consent: Consent, binding: GrantBinding, known?: GrantRecord): Promise<GrantContent> {
    const { issued, issuer, clientId, ageMs, keepExtras, binding: boundTo } = consent;
    const pair = toTokenPair(issued, { extras: keepExtras, binding: boundTo });
    const kept = pair.refresh === undefined ? await this.#keptRefreshToken(consent, known) : undefined;
    const refresh = pair.refresh ?? kept;
    const scopes = kept === undefined ? issued.scopes : [...(known?.scopes ?? []), ...(issued.scopes ?? [])];
    return {
      ...(await this.seal({ ...pair, refresh }, binding)),
      issuer,
      clientId,
      scopes: [...new Set(scopes)],
      accessLifetimeMs: issued.lifetimeMs - ageMs,
      refreshLifetimeMs:
        kept === undefined ? refreshLifetimeMs(issued) - ageMs : (known?.refreshExpiresInMs ?? Infinity),
      hasRefreshToken: refresh !== undefined,
    };
  }

  async #keptRefreshToken(consent: Consent, known: GrantRecord | undefined): Promise<TokenPair['refresh']> {
    const isSameClient = known?.issuer === consent.issuer && known.clientId === consent.clientId;
    const isKnownAccount = consent.account !== ''; // without an id it may be another account's token
    if (known?.status !== 'active' || !isSameClient || !isKnownAccount) return undefined;
    try {
      const { refresh, binding } = await this.open(known);
      const isBound = consent.isPublic === true && binding !== undefined;
      return isBound && binding.thumbprint !== consent.binding?.thumbprint ? undefined : refresh;
    } catch {
      return undefined; // a grant that cannot be decrypted needs new consent
    }
  }
}

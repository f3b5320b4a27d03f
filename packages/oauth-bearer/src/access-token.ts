import type { DpopKey } from './dpop/dpop-key.ts';
import { toBase64 } from './sealing/base64.ts';
import { SecretString } from './secret-string.ts';

/** How a credential is written into its header: `Bearer x` (RFC 6750), `DPoP x` (RFC 9449 §7.1), `Basic x` (RFC 7617), or as it is. */
export type AuthScheme = 'Bearer' | 'DPoP' | 'Basic' | 'none';

/** What an access token is made of. */
export interface AccessTokenParts {
  readonly value: string;
  readonly scopes: readonly string[];
  readonly scheme?: AuthScheme | undefined;
  /** The user of the password, with the scheme `Basic`. */
  readonly username?: string | undefined;
  /** The key that the token is bound to, with the scheme `DPoP`. */
  readonly dpopKey?: DpopKey | undefined;
  /** True for a token that is bound to the client certificate of the connection. Default: false. */
  readonly isCertificateBound?: boolean | undefined;
  /** In milliseconds since the epoch. */
  readonly issuedAt: number;
  /** Lifetime from `issuedAt`, in milliseconds. */
  readonly lifetimeMs: number;
  readonly generation: number;
}

/** One access token, as it was issued. Never changes; prints without its value. */
export class AccessToken {
  /** The token itself. */
  readonly secret: SecretString;
  readonly scopes: readonly string[];
  /** When it was requested, in milliseconds since the epoch. */
  readonly issuedAt: number;
  /** When it expires, in milliseconds since the epoch. `Infinity` for a static token. */
  readonly expiresAt: number;
  /** Counts the tokens of one handle, from 1. */
  readonly generation: number;
  readonly scheme: AuthScheme;
  /** True for a token that is bound to the client certificate of the connection it was requested over (RFC 8705 §3). */
  readonly isCertificateBound: boolean;
  readonly #authorization: string;
  readonly #dpopKey: DpopKey | undefined;

  constructor(parts: AccessTokenParts) {
    const { value, issuedAt, lifetimeMs, scopes, generation, scheme = 'Bearer', username = '' } = parts;
    this.secret = new SecretString(value);
    this.scopes = Object.freeze([...scopes]);
    this.issuedAt = issuedAt;
    this.expiresAt = issuedAt + lifetimeMs;
    this.generation = generation;
    this.scheme = scheme;
    this.isCertificateBound = parts.isCertificateBound === true;
    this.#dpopKey = parts.dpopKey;
    this.#authorization = headerValue[scheme](value, username);
    Object.freeze(this);
  }

  /** The header value, such as `Bearer x` for Authorization (RFC 6750 §2.1). Made once. */
  authorization(): string {
    return this.#authorization;
  }

  /** The key that signs proofs for the token; `undefined` for a token that is not bound to one. */
  dpopKey(): DpopKey | undefined {
    return this.#dpopKey;
  }

  /** True for the same token, also when it was issued twice: some servers give out one token until it expires. */
  isSameAs(other: AccessToken): boolean {
    return this === other || this.#authorization === other.#authorization;
  }
}

const headerValue: Readonly<Record<AuthScheme, (value: string, username: string) => string>> = {
  Bearer: (value) => `Bearer ${value}`,
  DPoP: (value) => `DPoP ${value}`,
  Basic: (value, username) => `Basic ${toBase64(`${username}:${value}`)}`, // RFC 7617 §2, in UTF-8
  none: (value) => value,
};

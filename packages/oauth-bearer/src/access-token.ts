import { SecretString } from './secret-string.ts';

/** How a credential is written into its header: `Bearer x` (RFC 6750), `Basic x` (RFC 7617), or as it is. */
export type AuthScheme = 'Bearer' | 'Basic' | 'none';

/** What an access token is made of. */
export interface AccessTokenParts {
  readonly value: string;
  readonly scopes: readonly string[];
  readonly scheme?: AuthScheme | undefined;
  /** The user of the password, with the scheme `Basic`. */
  readonly username?: string | undefined;
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
  readonly #authorization: string;

  constructor(parts: AccessTokenParts) {
    const { value, issuedAt, lifetimeMs, scopes, generation, scheme = 'Bearer', username = '' } = parts;
    this.secret = new SecretString(value);
    this.scopes = Object.freeze([...scopes]);
    this.issuedAt = issuedAt;
    this.expiresAt = issuedAt + lifetimeMs;
    this.generation = generation;
    this.scheme = scheme;
    this.#authorization = headerValue[scheme](value, username);
    Object.freeze(this);
  }

  /** The header value, such as `Bearer x` for Authorization (RFC 6750 §2.1). Made once. */
  authorization(): string {
    return this.#authorization;
  }

  /** True for the same token, also when it was issued twice: some servers give out one token until it expires. */
  isSameAs(other: AccessToken): boolean {
    return this === other || this.#authorization === other.#authorization;
  }
}

const headerValue: Readonly<Record<AuthScheme, (value: string, username: string) => string>> = {
  Bearer: (value) => `Bearer ${value}`,
  Basic: (value, username) => `Basic ${Buffer.from(`${username}:${value}`).toString('base64')}`, // RFC 7617 §2, in UTF-8
  none: (value) => value,
};

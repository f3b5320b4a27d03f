import { SecretString } from './secret-string.ts';

/** What a source gives for a token. */
export interface IssuedToken {
  readonly value: string;
  /** Milliseconds from when it was asked for; 0 is for those who wait for it and nobody after. */
  readonly lifetimeMs: number;
  /** What was granted; what was asked for when the server does not say. */
  readonly scopes: readonly string[];
  /** Which of two secrets the server knew the client by. */
  readonly secret?: 'current' | 'previous';
  /** How it is written into its header. Default: `Bearer`. */
  readonly scheme?: AuthScheme;
  /** Who it is the password of, with `Basic`. */
  readonly username?: string;
}

/** How a credential is written into its header: `Bearer x` (RFC 6750), `Basic x` (RFC 7617), or as it is. */
export type AuthScheme = 'Bearer' | 'Basic' | 'none';

/** One access token, as it was issued. Never changes; prints without its value. */
export class AccessToken {
  /** The token itself. */
  readonly secret: SecretString;
  readonly scopes: readonly string[];
  /** When it was asked for, in milliseconds since the epoch. */
  readonly issuedAt: number;
  /** When it ends, in milliseconds since the epoch. `Infinity` for a fixed token. */
  readonly expiresAt: number;
  /** Counts the tokens of one handle, from 1. */
  readonly generation: number;
  readonly scheme: AuthScheme;
  readonly #authorization: string;

  constructor(issued: IssuedToken, issuedAt: number, generation: number) {
    const { value, lifetimeMs, scopes, scheme = 'Bearer', username = '' } = issued;
    this.secret = new SecretString(value);
    this.scopes = Object.freeze([...scopes]);
    this.issuedAt = issuedAt;
    this.expiresAt = issuedAt + lifetimeMs;
    this.generation = generation;
    this.scheme = scheme;
    this.#authorization = headerValue[scheme](value, username);
    Object.freeze(this);
  }

  /** The value of its header, such as `Bearer x` for Authorization (RFC 6750 §2.1). Made once. */
  authorization(): string {
    return this.#authorization;
  }

  /** True for the same token, also when it was issued twice: some servers give out one token until it ends. */
  isSameAs(other: AccessToken): boolean {
    return this === other || this.#authorization === other.#authorization;
  }
}

const headerValue: Readonly<Record<AuthScheme, (value: string, username: string) => string>> = {
  Bearer: (value) => `Bearer ${value}`,
  Basic: (value, username) => `Basic ${Buffer.from(`${username}:${value}`).toString('base64')}`, // RFC 7617 §2, in UTF-8
  none: (value) => value,
};

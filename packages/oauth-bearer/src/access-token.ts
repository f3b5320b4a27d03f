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
}

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
  readonly #authorization: string;

  constructor({ value, lifetimeMs, scopes }: IssuedToken, issuedAt: number, generation: number) {
    this.secret = new SecretString(value);
    this.scopes = Object.freeze([...scopes]);
    this.issuedAt = issuedAt;
    this.expiresAt = issuedAt + lifetimeMs;
    this.generation = generation;
    this.#authorization = `Bearer ${value}`;
    Object.freeze(this);
  }

  /** The value of an Authorization header (RFC 6750 §2.1). Made once. */
  authorization(): string {
    return this.#authorization;
  }

  /** True for the same token, also when it was issued twice: some servers give out one token until it ends. */
  isSameAs(other: AccessToken): boolean {
    return this === other || this.#authorization === other.#authorization;
  }
}

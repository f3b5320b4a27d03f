/** Shared by every copy of every Bearings package, so that a guard works across copies where `instanceof` would not. */
const mark = Symbol.for('bearings.error');

/** The package an error comes from. */
export type ErrorSource = 'client' | 'oauth-bearer' | 'oidc-discovery';

/**
 * What all errors of Bearings have in common. Narrow by `code`, never by class or message.
 *
 * Messages name an origin at most: never a query, a header, a body or a token.
 */
export abstract class BearingsError extends Error {
  static {
    Object.defineProperty(this.prototype, mark, { value: true });
  }

  /** What happened, as a literal to switch on. */
  abstract readonly code: string;
  /** True when the same call may well succeed if made again later. */
  abstract readonly retryable: boolean;
  /** The package that says so. */
  abstract readonly source: ErrorSource;
}

/** True for an error of any Bearings package, of any copy of it. */
export function isBearingsError(value: unknown): value is BearingsError {
  return value instanceof Error && mark in value;
}

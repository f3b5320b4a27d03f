/** The same symbol in every copy of every Bearings package, so that guards work where `instanceof` does not. */
const mark = Symbol.for('bearings.error');

/** The package an error comes from. */
export type ErrorSource = 'client' | 'oauth-bearer' | 'oidc-discovery' | 'user-tokens';

/**
 * What all errors of Bearings have in common. Narrow by `code`, never by class or message.
 *
 * Messages contain the origin, but never a query, a header, a body or a token.
 */
export abstract class BearingsError extends Error {
  static {
    Object.defineProperty(this.prototype, mark, { value: true });
  }

  /** What happened, as a literal to switch on. */
  abstract readonly code: string;
  /** True when the same call may succeed later. */
  abstract readonly retryable: boolean;
  /** The package that throws it. */
  abstract readonly source: ErrorSource;
}

/** True for an error of any Bearings package, also of another copy of it. */
export function isBearingsError(value: unknown): value is BearingsError {
  return value instanceof Error && mark in value;
}

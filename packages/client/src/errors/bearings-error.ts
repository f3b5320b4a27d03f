/** The same symbol in every copy of every Bearings package, so that guards work where `instanceof` does not. */
const mark = Symbol.for('bearings.error');

/**
 * What all errors of Bearings have in common. Narrow by `code`, never by class or message.
 *
 * Messages contain the method, the origin and the template of the path, but never a query, a header, a body or a token.
 */
export abstract class BearingsError extends Error {
  static {
    markError(this.prototype);
  }

  /** What happened, as a literal to switch on: the name of the class, such as `CIRCUIT_OPEN` of `CircuitOpenError`. */
  abstract readonly code: string;
  /** True when the same call may succeed later. */
  abstract readonly retryable: boolean;
  /** The package that throws it, without the scope: `client`. */
  abstract readonly source: string;
}

/** Marks an error of another class, such as ky's `HTTPError`, as one of Bearings. */
export function markError(error: object): void {
  Object.defineProperty(error, mark, { value: true });
}

/** True for an error with the mark, of any copy of any Bearings package. */
export function hasMark(value: unknown): value is Error {
  return value instanceof Error && mark in value;
}

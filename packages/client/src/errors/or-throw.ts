import { ConfigError } from './validation.ts';

/** A value, or an error in its place: the `Result` of the other packages, and of ts-results. */
type Outcome<T> = { isOk(): boolean; readonly value: T } | { isOk(): boolean; readonly error: unknown };

/**
 * The value of a `Result`, or of a promise of one: for a start that cannot go on without it.
 *
 * Throws the error of the result itself, with its `code`, its fields and its message. The `unwrap()` of ts-results throws
 * a plain `Error` that quotes the message and the stack of it.
 *
 * @throws the error of the result; `CONFIG` for anything that is not a result
 */
export function orThrow<T>(result: PromiseLike<Outcome<T>>): Promise<T>;
export function orThrow<T>(result: Outcome<T>): T;
export function orThrow<T>(result: Outcome<T> | PromiseLike<Outcome<T>>): T | Promise<T> {
  return isPromise(result) ? orReject(result) : readValue(result);
}

async function orReject<T>(result: PromiseLike<Outcome<T>>): Promise<T> {
  return readValue(await result);
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value;
}

function readValue<T>(outcome: Outcome<T>): T {
  if (!isOutcome(outcome)) throw new ConfigError('result', 'orThrow takes a Result, or a promise of one');
  if ('value' in outcome && outcome.isOk()) return outcome.value;
  throw 'error' in outcome ? outcome.error : undefined;
}

function isOutcome(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'isOk' in value && ('value' in value || 'error' in value);
}

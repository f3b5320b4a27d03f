import { BearingsError } from '@bearings/client/errors';

abstract class Failure extends BearingsError {
  readonly source = 'user-tokens';
  readonly retryable: boolean = false;
}

/** A setting or an argument is wrong. Nothing was sent and nothing was written. */
export class UserTokensConfigError extends Failure {
  override readonly name = 'UserTokensConfigError';
  readonly code = 'USER_TOKENS_CONFIG';
  /** The setting or argument that is wrong. */
  readonly field: string;

  constructor(field: string, problem: string, cause?: Error) {
    super(`${field} ${problem}`, cause && { cause });
    this.field = field;
  }
}

/**
 * `unavailable`: the database does not answer, or is full. `newer_schema`: a newer version of this package has changed
 * its tables. `insecure_file`: the file is a symbolic link, or others may read it. `unknown_key`: no key of this id is
 * configured. `undecryptable`: the content was changed or moved, or the key has another value.
 */
export type StoreFailure = 'unavailable' | 'newer_schema' | 'insecure_file' | 'unknown_key' | 'undecryptable';

/** The store did not do what was asked. */
export class StoreError extends Failure {
  override readonly name = 'StoreError';
  readonly code = 'STORE';
  readonly reason: StoreFailure;
  override readonly retryable: boolean;

  constructor(reason: StoreFailure, message: string, cause?: Error) {
    super(message, cause && { cause });
    this.reason = reason;
    this.retryable = reason === 'unavailable';
  }
}

/** Everything that this package answers with. Narrow it by `code`. */
export type UserTokensError = UserTokensConfigError | StoreError;

declare module '@bearings/client/errors' {
  interface ErrorsByPackage {
    'user-tokens': UserTokensError;
  }
}

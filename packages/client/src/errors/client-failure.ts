import type { NotRetried } from './not-retried.ts';
import { BearingsError } from './bearings-error.ts';

/** What the errors of this package have in common. */
export abstract class ClientFailure extends BearingsError {
  readonly retryable: boolean = false;
  readonly source = 'client';
  /** Why the call was not retried, or not again. Absent for an error that is not retried in any case. */
  declare readonly notRetried?: NotRetried;
}

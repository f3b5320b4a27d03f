import { BearingsError } from './bearings-error.ts';

/** What the errors of this package have in common. */
export abstract class ClientFailure extends BearingsError {
  readonly retryable: boolean = false;
  readonly source = 'client';
}

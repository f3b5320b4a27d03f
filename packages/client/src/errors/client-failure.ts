import { BearingsError } from './bearings-error.ts';

/** What the errors of this package have in common. */
export abstract class Failure extends BearingsError {
  readonly retryable: boolean = false;
  readonly source = 'client';
}

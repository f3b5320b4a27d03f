import { ClientFailure } from '../errors/client-failure.ts';

/**
 * Why a list cannot be continued. `PLACE`: a page has something else than expected where it names the next one.
 * `SAME_AS_LAST`: a page has the records of the page before, in a list that the client counts. `EQUAL_PAGES`: many pages in
 * a row have the same records. `EMPTY_PAGES`, `TOO_MANY_PAGES`: a limit is reached, and the API names one page more.
 */
export type PagingFailure = 'PLACE' | 'SAME_AS_LAST' | 'EQUAL_PAGES' | 'EMPTY_PAGES' | 'TOO_MANY_PAGES';

/** A list cannot be continued: the answer of the API is the cause. The message has no value of the answer. */
export class PagingError extends ClientFailure {
  override readonly name = 'PagingError';
  readonly code = 'PAGING';
  readonly reason: PagingFailure;

  constructor(reason: PagingFailure, message: string) {
    super(message);
    this.reason = reason;
  }
}

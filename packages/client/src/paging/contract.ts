/** What a client needs to request the next page of a list, also after a crash. Plain JSON. */
export interface Position {
  /** The number of the page, from 1. */
  readonly page: number;
  /** The address or cursor of this page, from the last response. A cursor for a body is JSON text. */
  readonly at?: string | undefined;
  /** How many records to leave out. */
  readonly offset?: number | undefined;
  /** The number of records so far. */
  readonly seen?: number | undefined;
  /** The number of empty pages before this one, in a row. */
  readonly empty?: number | undefined;
  /** The digest of the records of the last page that had any. */
  readonly digest?: string | undefined;
  /** How many pages in a row had these records. */
  readonly same?: number | undefined;
}

/** The first page. */
export const firstPosition: Position = { page: 1 };

/** The request of a page. */
export interface PageRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON body of a POST. */
  readonly body?: unknown;
}

/** One page of a list. */
export interface Page {
  /** Relative addresses in the page are resolved against its URL. */
  readonly request: PageRequest;
  readonly headers: Headers;
  readonly body: unknown;
  readonly records: readonly unknown[];
  /** True for a 404 that means that there are no more pages. */
  readonly isMissing?: true;
}

/** What a strategy remembers for the next page, or that there is none. */
type Next = Pick<Position, 'at' | 'offset'> | 'end';

/**
 * A way of paging: from a position to a request, and from an answer to the next position.
 *
 * Both functions are pure. All that a strategy remembers is in the position, so a run continues after a crash.
 */
export interface PagingStrategy {
  /** Adds the position to the request of the first page. An address may have any origin; the sender must check it. */
  readonly request: (first: PageRequest, position: Position) => PageRequest;
  /** @throws PagingError when the page does not name the next one as the options say */
  readonly next: (page: Page, position: Position) => Next;
}

import type { NextOrigin } from './address.ts';

/** How a list that the API ends is continued. */
interface Followed {
  /** Where the response says whether there are more pages. */
  readonly more?: string | undefined;
  /** So many empty pages in a row are the end. Default: only the API ends the list. */
  readonly endAfterEmptyPages?: number | undefined;
}

/** How a list that the client counts is continued. */
interface Counted {
  /** The number of the first page, or the offset of the first record. */
  readonly first: number;
  /** Where the number goes: a query parameter, `header:Name`, or a JSON pointer into the posted body. */
  readonly param: string;
  /** How many records to request per page. Default: the server decides. */
  readonly size?: number | undefined;
  /** Where the size goes. */
  readonly sizeParam: string;
  readonly more?: string | undefined;
  /** So many empty pages in a row are the end. */
  readonly endAfterEmptyPages?: number | undefined;
  /** How the server answers after the last page. */
  readonly afterLast: 'empty_page' | 'not_found' | 'last_page';
}

/** Paging with numbers. */
export type CountedPaging =
  | (Counted & {
      readonly type: 'page';
      /** Where the response says how many pages there are. */
      readonly pages?: string | undefined;
    })
  | (Counted & {
      readonly type: 'offset';
      /** How far the offset moves: by the records received, or by `size`. */
      readonly step: 'received' | 'size';
    });

/**
 * How to find the next page of a list. A place of a response is a JSON pointer (RFC 6901), `header:Name`, or `last:/pointer`
 * for a field of the last record.
 */
export type PagingOptions =
  | { readonly type: 'none' }
  | ({ readonly type: 'link'; readonly nextOrigin: NextOrigin } & Followed)
  | ({ readonly type: 'url'; readonly next: string; readonly nextOrigin: NextOrigin } & Followed)
  | ({ readonly type: 'cursor'; readonly next: string; readonly param: string } & Followed)
  | CountedPaging;

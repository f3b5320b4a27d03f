import type { Page, PageRequest, PagingStrategy, Position } from './contract.ts';
import type { PagingOptions } from './options.ts';
import { PagingError } from './paging-error.ts';
import { readFlag } from './place.ts';

/** What to do with a page: which of its records are new, and where to continue; `undefined` at the end. */
export interface Step {
  readonly records: readonly unknown[];
  readonly next: Position | undefined;
}

/** When a list ends that has no end of its own. */
export interface ListLimits {
  readonly paging: PagingOptions;
  /** A list with more pages fails. */
  readonly maxPages: number;
  /** A list with so many empty pages in a row fails. */
  readonly maxEmptyPages: number;
}

/** A page in its list. */
export interface StepContext {
  readonly resource: ListLimits;
  readonly strategy: PagingStrategy;
  /** The request of the first page. */
  readonly first: PageRequest;
  readonly position: Position;
  /** A short text that identifies a long one, such as its SHA-256. */
  readonly digest: (text: string) => string;
}

/**
 * Where a list continues after a page. What ends a list for every strategy is decided here: what the response says about
 * more pages, empty pages in a row, and the limits.
 *
 * @throws PagingError when the page does not match the options, or the list seems to have no end
 */
export function nextStep(page: Page, context: StepContext): Step {
  const { resource, strategy, first, position } = context;
  const { records } = page;
  const repetition = countRepetition(records, position, context.digest);
  if (isLastPageAgain(repetition.same, resource)) return { records: [], next: undefined };
  const more = 'more' in resource.paging ? readFlag(resource.paging.more, page) : undefined;
  if (page.isMissing === true || more === false) return { records, next: undefined };
  const found = strategy.next(page, position);
  if (found === 'end') return { records, next: undefined };
  const empty = records.length === 0 ? (position.empty ?? 0) + 1 : 0;
  const seen = (position.seen ?? 0) + records.length;
  const next = { page: position.page + 1, seen, ...(empty > 0 && { empty }), ...repetition, ...found };
  if (empty > 0 && more !== true) {
    // an empty page that names itself as the next one: there is nothing more now (an event log that is polled)
    const isSame = requestKey(strategy.request(first, next)) === requestKey(page.request);
    if (isSame || isLastEmptyPage(resource, empty)) return { records, next: undefined };
  }
  assertWithinLimits(next, resource);
  return { records, next };
}

type Repetition = Pick<Position, 'digest' | 'same'>;

function countRepetition(
  records: readonly unknown[],
  { digest: last, same = 1 }: Position,
  toDigest: StepContext['digest'],
): Repetition {
  if (records.length === 0) return last === undefined ? {} : { digest: last };
  const digest = toDigest(JSON.stringify(records));
  return digest === last ? { digest, same: same + 1 } : { digest };
}

/** So many equal pages are the limit where the API names the next page: it may ignore what is sent to it. */
const maxEqualPages = 10;

/**
 * True for a page that is the last one again.
 *
 * @throws PagingError when the API seems to answer with the same page for ever
 */
function isLastPageAgain(same: number | undefined, { paging }: StepContext['resource']): boolean {
  if (same === undefined) return false;
  if ('afterLast' in paging) {
    if (paging.afterLast === 'last_page') return true;
    throw new PagingError('SAME_AS_LAST', 'it has the same records as the page before');
  }
  if (same < maxEqualPages) return false;
  throw new PagingError('EQUAL_PAGES', `${same} pages in a row have the same records`);
}

/** Identifies a page by its request. */
export const requestKey = ({ url, headers, body }: PageRequest): string => JSON.stringify([url.href, headers, body]);

function isLastEmptyPage({ paging }: StepContext['resource'], empty: number): boolean {
  return 'endAfterEmptyPages' in paging && empty >= (paging.endAfterEmptyPages ?? Infinity);
}

function assertWithinLimits({ page, empty = 0 }: Position, { maxPages, maxEmptyPages }: StepContext['resource']): void {
  if (empty >= maxEmptyPages) {
    throw new PagingError('EMPTY_PAGES', `${empty} pages in a row are empty, and the API names one more`);
  }
  if (page <= maxPages) return;
  throw new PagingError('TOO_MANY_PAGES', `it has more than ${maxPages} pages, so it may have no end`);
}

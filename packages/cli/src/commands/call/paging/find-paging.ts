import { createPaging, firstPosition, PagingError, readPlace, saysMore, toText } from '@bearings/client/paging';
import type { Page, PagingOptions } from '@bearings/client/paging';

/** Where APIs put the address of the next page. */
const addresses = [
  '/@odata.nextLink',
  '/nextLink',
  '/links/next',
  '/_links/next',
  '/next',
  '/next_page',
  '/next_url',
  '/next_page_url',
  '/nextPageUrl',
  '/nextRecordsUrl',
  '/paging/next',
  '/pagination/next',
  '/pagination/next_url',
  '/meta/next',
  '/info/next',
];

/** Where they put a list of links. */
const linkLists = ['/link', '/links'];

/** Where APIs put the cursor of the next page, and the query parameter that it goes to. */
const cursors = [
  ['/next_cursor', 'cursor'],
  ['/nextCursor', 'cursor'],
  ['/meta/next_cursor', 'cursor'],
  ['/pagination/next_cursor', 'cursor'],
  ['/response_metadata/next_cursor', 'cursor'],
  ['/meta/after_cursor', 'page[after]'],
  ['/paging/next/after', 'after'],
  ['/nextPageToken', 'pageToken'],
  ['/next_page_token', 'page_token'],
  ['/nextToken', 'nextToken'],
  ['/NextToken', 'NextToken'],
  ['/meta/next_token', 'pagination_token'],
  ['/continuationToken', 'continuationToken'],
  ['header:X-Next-Page', 'page'],
  ['header:X-Next-Cursor', 'cursor'],
] as const;

/**
 * How a list is continued, as its first page shows: by the `Link` header, an address or a cursor at a known place.
 *
 * @returns `none` when the page says that it is the only one; `undefined` when it names no known place
 * @throws PagingError when there are more pages, but not where the next one is
 */
export function findPaging(page: Page): PagingOptions | undefined {
  const known = candidates(page);
  const found = known.find((paging) => namesNext(paging, page));
  if (found !== undefined) return found;
  const unclear = addresses.find((next) => isText(next, page) && namesNext({ type: 'cursor', next, param: '' }, page));
  if (unclear !== undefined) {
    throw new PagingError(
      'PLACE',
      `${unclear} has something that is no address: --next ${unclear}=param sends it as a cursor`,
    );
  }
  if (saysMore(page.body)) {
    throw new PagingError(
      'PLACE',
      'the API says that there are more pages, and names the next one at no known place: --next says how',
    );
  }
  const places = [...addresses, ...cursors.map(([place]) => place)];
  const isOnly = page.headers.has('link') || places.some((place) => readPlace(place, page) !== undefined);
  return isOnly ? { type: 'none' } : undefined;
}

function candidates(page: Page): readonly PagingOptions[] {
  const isStripe = readPlace('/object', page) === 'list';
  const places = [
    ...addresses.filter((place) => isAddress(readPlace(place, page))),
    ...linkLists.filter((place) => isLinkList(readPlace(place, page))),
  ];
  return [
    { type: 'link', nextOrigin },
    ...places.map((next) => ({ type: 'url', next, nextOrigin }) as const),
    ...cursors
      .filter(([place]) => isText(place, page))
      .map(([next, param]) => ({ type: 'cursor', next, param }) as const),
    ...(isStripe ? [{ type: 'cursor', next: 'last:/id', param: 'starting_after' } as const] : []),
  ];
}

const nextOrigin = 'must_match';

const namesNext = (paging: PagingOptions, page: Page): boolean =>
  createPaging({ paging }).next(page, firstPosition) !== 'end';

const isText = (place: string, page: Page): boolean => toText(readPlace(place, page)) !== undefined;

const isAddress = (value: unknown): boolean =>
  typeof value === 'string' ? /^(?:https?:\/\/|[/?])/i.test(value) : hasText(value, ['href', 'url']);

const isLinkList = (value: unknown): boolean =>
  Array.isArray(value) && value.some((link) => hasText(link, ['rel', 'relation']) && hasText(link, ['href', 'url']));

const hasText = (value: unknown, names: readonly string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  names.some((name) => Object.hasOwn(value, name) && typeof Reflect.get(value, name) === 'string');

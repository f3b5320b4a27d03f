import type { PagingStrategy } from './contract.ts';
import { createCountedPaging } from './counted-paging.ts';
import { createCursorPaging } from './cursor-paging.ts';
import { createLinkPaging } from './link-paging.ts';
import type { PagingOptions } from './options.ts';
import { createUrlPaging } from './url-paging.ts';

const singlePage: PagingStrategy = { request: (first) => first, next: () => 'end' };

/**
 * The strategy for a list. A new type of paging is a file, and a line here and in the options.
 *
 * @param total - where the response says how many records the list has
 */
export function createPaging({
  paging,
  total,
}: {
  readonly paging: PagingOptions;
  readonly total?: string | undefined;
}): PagingStrategy {
  switch (paging.type) {
    case 'none':
      return singlePage;
    case 'link':
      return createLinkPaging(paging.nextOrigin);
    case 'url':
      return createUrlPaging(paging);
    case 'cursor':
      return createCursorPaging(paging);
    case 'page':
    case 'offset':
      break;
  }
  return createCountedPaging(paging, total);
}

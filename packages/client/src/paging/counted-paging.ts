import type { Page, PageRequest, PagingStrategy, Position } from './contract.ts';
import type { CountedPaging } from './options.ts';
import { readCount, withTarget } from './place.ts';

/** Pages by numbers or offsets, which the client counts. A page that is shorter than others is not the end. */
export function createCountedPaging(paging: CountedPaging, total: string | undefined): PagingStrategy {
  return {
    request: (first, position) => withCount(first, paging, position),
    next(page, position) {
      if (isComplete(page, position, { paging, total })) return 'end';
      return paging.type === 'page' ? {} : { offset: nextOffset(page.records, position, paging) };
    },
  };
}

function withCount(first: PageRequest, paging: CountedPaging, { page, offset }: Position): PageRequest {
  const count = paging.type === 'page' ? paging.first + page - 1 : (offset ?? paging.first);
  const request = withTarget(first, paging.param, count);
  return paging.size === undefined ? request : withTarget(request, paging.sizeParam, paging.size);
}

/** True when the response says how many records or pages there are, and this is the last one. */
function isComplete(
  page: Page,
  position: Position,
  { paging, total: place }: { readonly paging: CountedPaging; readonly total: string | undefined },
): boolean {
  const total = readCount(place, page);
  if (total !== undefined && (position.seen ?? 0) + page.records.length >= total) return true;
  const pages = paging.type === 'page' ? readCount(paging.pages, page) : undefined;
  return pages !== undefined && position.page >= pages;
}

function nextOffset(
  records: readonly unknown[],
  { offset }: Position,
  paging: CountedPaging & { type: 'offset' },
): number {
  const counted = paging.step === 'size' || records.length === 0 ? paging.size : undefined;
  return (offset ?? paging.first) + (counted ?? records.length);
}

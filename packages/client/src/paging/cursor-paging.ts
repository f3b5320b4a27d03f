import { describeType, toText } from './lossless-json.ts';
import { PagingError } from './paging-error.ts';
import type { PagingStrategy } from './contract.ts';
import { saysLastPage } from './more-flag.ts';
import { isInBody, readPlace, withTarget } from './place.ts';

/** Pages by a cursor in the response, which the next request sends back. */
export function createCursorPaging({ next: place, param }: { next: string; param: string }): PagingStrategy {
  return {
    request: (first, { at }) => (at === undefined ? first : withTarget(first, param, at)),
    next(page) {
      const value = readPlace(place, page);
      if (isEnd(value) || saysLastPage(page.body, place)) return 'end';
      const cursor = isInBody(param) ? JSON.stringify(value) : toText(value);
      if (cursor !== undefined) return { at: cursor };
      throw new PagingError('PLACE', `the next cursor at ${place} is ${describeType(value)}, not a string or a number`);
    },
  };
}

/** A number 0 would be the first page again, and -1 is before it: servers end their lists with both (Twitter). */
function isEnd(value: unknown): boolean {
  return value === undefined || value === null || value === false || value === 0 || value === -1 || isBlank(value);
}

const isBlank = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';

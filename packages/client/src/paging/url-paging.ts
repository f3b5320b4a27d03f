import { describeType } from './lossless-json.ts';
import { PagingError } from './paging-error.ts';
import { createFollower, resolveAddress } from './address.ts';
import type { NextOrigin } from './address.ts';
import type { PagingStrategy } from './contract.ts';
import { saysLastPage } from './more-flag.ts';
import { readPlace } from './place.ts';

/** Pages by a whole address in the response. */
export function createUrlPaging({ next: place, nextOrigin }: { next: string; nextOrigin: NextOrigin }): PagingStrategy {
  return {
    request: createFollower(nextOrigin),
    next(page) {
      const value = readPlace(place, page);
      const target = findTarget(value);
      if (target === undefined) throw noAddress(place, describeType(value));
      if (target === '' || saysLastPage(page.body, place)) return 'end';
      return { at: resolveAddress(target, page.request.url, `the next address at ${place} is no valid URL`) };
    },
  };
}

const noAddress = (place: string, found: string): PagingError =>
  new PagingError('PLACE', `the next address at ${place} is ${found}, not an address or a link`);

/** The address of a text, of a link, or of the link with `next` in a list. Empty when there is none. */
function findTarget(value: unknown): string | undefined {
  if (value === undefined || value === null || value === false) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return findTarget(value.find(isNextLink));
  return typeof value === 'object' ? readField(value, ['href', 'url', 'uri']) : undefined;
}

const isNextLink = (link: unknown): boolean =>
  typeof link === 'object' && link !== null && readField(link, ['rel', 'relation'])?.toLowerCase() === 'next';

function readField(value: object, names: readonly string[]): string | undefined {
  for (const name of names) {
    const field: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
    if (typeof field === 'string') return field;
    if (field === null) return '';
  }
  return undefined;
}

import { PagingError } from './paging-error.ts';
import type { PagingStrategy } from './contract.ts';

/** What to do with an address of another origin. */
export type NextOrigin = 'must_match' | 'replace';

/** Requests a page that a response named by its whole address. */
export function createFollower(nextOrigin: NextOrigin): PagingStrategy['request'] {
  return (first, { at }) => {
    if (at === undefined) return first;
    const { href, pathname, search } = new URL(at);
    return {
      ...first,
      url: nextOrigin === 'replace' ? new URL(`${first.url.origin}${pathname}${search}`) : new URL(href),
    };
  };
}

/**
 * An address of a response, resolved against the URL of its page.
 *
 * @throws PagingError with this message when it is no URL
 */
export function resolveAddress(target: string, base: URL, message: string): string {
  const next = URL.parse(target, base.href);
  if (next === null) throw new PagingError('PLACE', message);
  next.hash = '';
  return next.href;
}

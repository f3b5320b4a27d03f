import { nextLink } from './next-link.ts';
import type { PagingStrategy } from './contract.ts';
import { createFollower, resolveAddress } from './address.ts';
import type { NextOrigin } from './address.ts';

/** Pages by the `Link` header (RFC 8288). */
export function createLinkPaging(nextOrigin: NextOrigin): PagingStrategy {
  return {
    request: createFollower(nextOrigin),
    next({ headers, request }) {
      const target = nextLink(headers.get('link'));
      if (target === undefined) return 'end';
      return { at: resolveAddress(target, request.url, 'the Link header with rel="next" has no valid URL') };
    },
  };
}

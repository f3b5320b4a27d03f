import type { PagingOptions } from '@bearings/client/paging';
import { UsageError } from '../../../usage-error.ts';

/**
 * Reads `--next`: `link`; `page` or `offset`, and `=param` after it; or the place of the next address, which is a cursor with
 * `=param` after it. A number in the query of the first request is where a list by numbers begins.
 *
 * @returns undefined without `--next`: the first page shows how
 * @throws UsageError
 */
export function parseNext(text: string | undefined, target: string): PagingOptions | undefined {
  if (text === undefined) return undefined;
  if (text === 'link') return { type: 'link', nextOrigin };
  const [, type, param = type] = /^(page|offset)(?:=([^=/,]*))?$/.exec(text) ?? [];
  if ((type === 'page' || type === 'offset') && param !== undefined && isTarget(param)) {
    return countedPaging(type, param, target);
  }
  const [, place, to] = /^(\/.*?|header:[\w-]+|last:\/.*?)(?:=([^=/]*))?$/s.exec(text) ?? [];
  if (place === undefined || (to !== undefined && !isTarget(to))) throw new UsageError(usage);
  return to === undefined ? { type: 'url', next: place, nextOrigin } : { type: 'cursor', next: place, param: to };
}

/** The client refuses another origin, and the caller checks it before. */
const nextOrigin = 'must_match';

const usage =
  '--next needs link, page, offset, page=param or offset=param; or the place of the next address, such as /links/next or ' +
  "header:X-Next; for a cursor with '=' and its query parameter: /meta/cursor=cursor";

const isTarget = (param: string): boolean => /^header:[\w-]+$/.test(param) || /^(?!header:).+$/s.test(param);

function countedPaging(type: 'page' | 'offset', param: string, target: string): PagingOptions {
  const given = new URL(target).searchParams.get(param) ?? '';
  const usual = type === 'page' ? 1 : 0;
  const counted = {
    param,
    first: /^\d{1,15}$/.test(given) ? Number(given) : usual,
    sizeParam: 'limit',
    endAfterEmptyPages: 1,
    afterLast: 'empty_page',
  } as const;
  return type === 'page' ? { type, ...counted } : { type, step: 'received', ...counted };
}

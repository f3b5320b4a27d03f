import { resolvePointer } from './json-pointer.ts';

const flags = ['has_more', 'hasMore', 'has_next', 'hasNext', 'has_next_page', 'hasNextPage'];
const groups = ['meta', 'paging', 'pagination', 'page_info', 'pageInfo'];

/**
 * True when the response says that this page is the last one, although it may name a next one: `has_more: false` or the
 * like beside the cursor, at the top, or in `meta` or `paging` (Zendesk, Relay and others).
 */
export function saysLastPage(body: unknown, place: string): boolean {
  const beside = place.startsWith('/') ? [place.slice(0, place.lastIndexOf('/'))] : [];
  return hasFlag(body, beside, false);
}

/** True when the response says that there are more pages, at the top, or in `meta` or `paging`. */
export const saysMore = (body: unknown): boolean => hasFlag(body, [], true);

function hasFlag(body: unknown, beside: readonly string[], expected: boolean): boolean {
  const near = [...beside, '', ...groups.map((group) => `/${group}`)];
  return near.some((group) =>
    flags.some((flag) => {
      const found = resolvePointer(body, `${group}/${flag}`);
      return 'value' in found && found.value === expected;
    }),
  );
}

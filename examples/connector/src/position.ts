import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Resource } from './connector-schema.ts';
import { resolvePointer } from './json-pointer.ts';
import { describeType, toText } from './lossless-json.ts';
import { nextLink } from './next-link.ts';
import { RunError } from './run-error.ts';

/** What a run needs to request the next page of a resource, also after a crash. */
export const positionSchema = z.strictObject({
  /** The number of the page, from 1. */
  page: z.int().min(1),
  /** The URL or cursor of this page, from the last response. */
  at: z.string().optional(),
  /** The largest number of records of a page so far. */
  most: z.int().min(0).optional(),
  /** The digest of the last page's records. */
  digest: z.string().optional(),
});

/** The position of a page in a resource. */
export type Position = z.output<typeof positionSchema>;

/** One page of a resource. */
export interface Page {
  /** The URL of the page; relative links in it are resolved against this. */
  readonly url: URL;
  readonly headers: Headers;
  readonly body: unknown;
  readonly records: readonly unknown[];
}

/** The first page. */
export const firstPosition: Position = { page: 1 };

/** The URL of a page. A URL from a link may have any origin; the sender of the request must check it. */
export function pageUrl(base: string, { path, params, paging }: Resource, { page, at }: Position): URL {
  if (paging.type === 'link' && at !== undefined) return new URL(at);
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${path.replace(/^\//, '')}`;
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  if (paging.type === 'cursor' && at !== undefined) url.searchParams.set(paging.param, at);
  if (paging.type !== 'page') return url;
  url.searchParams.set(paging.param, String(paging.first + page - 1));
  if (paging.size !== undefined) url.searchParams.set(paging.sizeParam, String(paging.size));
  return url;
}

/**
 * The position of the next page; `undefined` after the last one.
 *
 * @throws RunError when the page does not name the next one as the connector's file says
 */
export function nextPosition(position: Position, { paging }: Resource, answer: Page): Position | undefined {
  const page = position.page + 1;
  switch (paging.type) {
    case 'none':
      return undefined;
    case 'link': {
      const at = linkTarget(answer);
      return at === undefined ? undefined : { page, at };
    }
    case 'cursor': {
      const at = findCursor(answer, paging.next);
      return at === undefined ? undefined : { page, at };
    }
    case 'page':
      break;
  }
  return nextCountedPosition(position, answer.records);
}

function linkTarget({ headers, url }: Page): string | undefined {
  const target = nextLink(headers.get('link'));
  if (target === undefined) return undefined;
  const next = URL.parse(target, url.href);
  if (next === null) throw new RunError('EXTRACTION', 'the Link header with rel="next" has no valid URL');
  next.hash = '';
  return next.href;
}

function findCursor({ body }: Page, pointer: string): string | undefined {
  const result = resolvePointer(body, pointer);
  if ('missingAt' in result || result.value === null || result.value === '') return undefined;
  const cursor = toText(result.value);
  if (cursor !== undefined) return cursor;
  throw new RunError(
    'EXTRACTION',
    `the next cursor at ${pointer} is ${describeType(result.value)}, not a string or a number`,
  );
}

/**
 * A page with fewer records than an earlier one is the last. The requested size is not used for this: a server may
 * have a smaller limit.
 */
function nextCountedPosition(
  { page, most = 0, digest: last }: Position,
  records: readonly unknown[],
): Position | undefined {
  if (records.length < most || records.length === 0) return undefined;
  const digest = createHash('sha256').update(JSON.stringify(records)).digest('base64url').slice(0, 22);
  if (digest !== last) return { page: page + 1, most: records.length, digest };
  throw new RunError('EXTRACTION', 'it has the same records as the page before: check paging.param');
}

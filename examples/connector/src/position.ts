import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Resource } from './connector-schema.ts';
import { follow } from './json-pointer.ts';
import { kindOf, textOf } from './lossless-json.ts';
import { nextLink } from './next-link.ts';
import { RunError } from './run-error.ts';

/** What a run has to know to ask for the next page of a resource, now or after a crash. */
export const positionSchema = z.strictObject({
  /** Counts the pages, from 1. */
  page: z.int().min(1),
  /** Where the last answer said that this page is: an address, or a cursor. */
  at: z.string().optional(),
  /** The most records that a page has had so far. */
  most: z.int().min(0).optional(),
  /** Of the records of the last page. */
  digest: z.string().optional(),
});

/** Which page of a resource is the next. */
export type Position = z.output<typeof positionSchema>;

/** One answer of a resource. */
export interface Page {
  /** Where it came from: what relative links in it are resolved against. */
  readonly url: URL;
  readonly headers: Headers;
  readonly body: unknown;
  readonly records: readonly unknown[];
}

/** Where every resource begins. */
export const firstPosition: Position = { page: 1 };

/** The address of a page. An address from a link may be anywhere: who sends the request has to care. */
export function urlOf(base: string, { path, params, paging }: Resource, { page, at }: Position): URL {
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
 * Which page comes after this one; `undefined` when it was the last.
 *
 * @throws RunError when the page does not say so in the way that the connector's file says it does
 */
export function positionAfter(position: Position, { paging }: Resource, answer: Page): Position | undefined {
  const page = position.page + 1;
  switch (paging.type) {
    case 'none':
      return undefined;
    case 'link': {
      const at = linked(answer);
      return at === undefined ? undefined : { page, at };
    }
    case 'cursor': {
      const at = cursorIn(answer, paging.next);
      return at === undefined ? undefined : { page, at };
    }
    case 'page':
      break;
  }
  return counted(position, answer.records);
}

function linked({ headers, url }: Page): string | undefined {
  const target = nextLink(headers.get('link'));
  if (target === undefined) return undefined;
  const next = URL.parse(target, url.href);
  if (next === null) throw new RunError('EXTRACTION', 'the Link header with rel="next" has no address');
  next.hash = '';
  return next.href;
}

function cursorIn({ body }: Page, pointer: string): string | undefined {
  const pointed = follow(body, pointer);
  if ('missingAt' in pointed || pointed.value === null || pointed.value === '') return undefined;
  const cursor = textOf(pointed.value);
  if (cursor !== undefined) return cursor;
  throw new RunError(
    'EXTRACTION',
    `the next cursor at ${pointer} is ${kindOf(pointed.value)}, not a string or a number`,
  );
}

/**
 * A page is short when one before it had more records: servers give fewer than they are asked for when they have a
 * limit of their own, so the size that was asked for says nothing.
 */
function counted({ page, most = 0, digest: last }: Position, records: readonly unknown[]): Position | undefined {
  if (records.length < most || records.length === 0) return undefined;
  const digest = createHash('sha256').update(JSON.stringify(records)).digest('base64url').slice(0, 22);
  if (digest !== last) return { page: page + 1, most: records.length, digest };
  throw new RunError('EXTRACTION', 'it has the same records as the page before it: is paging.param right?');
}

import { resolvePointer, withPointerValue } from './json-pointer.ts';
import { describeType, parseLossless, toText } from './lossless-json.ts';
import { PagingError } from './paging-error.ts';
import type { Page, PageRequest } from './contract.ts';

/** The value at a place of a response: `/pointer`, `header:Name` or `last:/pointer`. `undefined` when it is missing. */
export function readPlace(place: string, { headers, body, records }: Page): unknown {
  if (place.startsWith('header:')) return headers.get(place.slice('header:'.length)) ?? undefined;
  const result = place.startsWith('last:')
    ? resolvePointer(records.at(-1), place.slice('last:'.length))
    : resolvePointer(body, place);
  return 'value' in result ? result.value : undefined;
}

/**
 * The whole number at a place; `undefined` without a place or a value.
 *
 * @throws PagingError when there is something else
 */
export function readCount(place: string | undefined, page: Page): number | undefined {
  const value = place === undefined ? undefined : readPlace(place, page);
  if (value === undefined || value === null || value === '') return undefined;
  const text = toText(value) ?? '';
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new PagingError('PLACE', `the value at ${place} is ${describeType(value)}, not a whole number`);
}

/**
 * Whether there are more pages, as the place says; `undefined` without a place or a value.
 *
 * @throws PagingError when there is something else than true or false
 */
export function readFlag(place: string | undefined, page: Page): boolean | undefined {
  const value = place === undefined ? undefined : readPlace(place, page);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  const text = toText(value)?.toLowerCase() ?? '';
  if (/^(?:true|false|0|1)$/.test(text)) return text === 'true' || text === '1';
  throw new PagingError('PLACE', `the value at ${place} is ${describeType(value)}, not true or false`);
}

/** True when a value at this target is written as JSON: into the body. */
export const isInBody = (target: string): boolean => target.startsWith('/');

/** A request with a value at a target: a query parameter, `header:Name`, or a pointer into the body. */
export function withTarget(request: PageRequest, target: string, value: string | number): PageRequest {
  if (isInBody(target)) {
    const json = typeof value === 'number' ? value : parseLossless(value);
    return { ...request, body: withPointerValue(request.body ?? {}, target, json) };
  }
  if (target.startsWith('header:')) {
    return { ...request, headers: { ...request.headers, [target.slice('header:'.length)]: String(value) } };
  }
  const url = new URL(request.url);
  url.searchParams.set(target, String(value));
  return { ...request, url };
}

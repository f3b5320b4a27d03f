import { isInBody, withTarget } from '@bearings/client/paging';
import type { PageRequest } from '@bearings/client/paging';
import type { RestPull } from './connector-schema.ts';
import { startOfChanges } from './incremental.ts';
import type { Mark } from './incremental.ts';
import { RunError } from './run-error.ts';
import type { Resource } from './schema/resource-schema.ts';

/** What is inserted into a request. */
export interface RequestValues {
  /** The values of the parent records. */
  readonly values?: Readonly<Record<string, string>> | undefined;
  /** How far changes were pulled before. */
  readonly mark?: Mark | undefined;
}

/**
 * The request of the first page of a list.
 *
 * @throws RunError when a value would change the path
 */
export function createFirstRequest(
  { url: base }: Pick<RestPull, 'url'>,
  resource: Resource,
  { values = {}, mark }: RequestValues,
): PageRequest {
  const insert = (text: string): string => replaceNames(text, values, (value) => value);
  const url = new URL(base);
  const path = replaceNames(resource.path, values, encodeSegment);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/${path.replace(/^\//, '')}`;
  for (const [name, value] of Object.entries(resource.params)) url.searchParams.set(name, insert(value));
  const body = resource.method === 'POST' ? { body: insertAll(resource.body ?? {}, insert) } : {};
  const request = { method: resource.method, url, headers: {}, ...body };
  return resource.incremental === undefined ? request : withStart(request, resource.incremental, mark);
}

function withStart(request: PageRequest, incremental: NonNullable<Resource['incremental']>, mark?: Mark): PageRequest {
  const since = startOfChanges(incremental, mark);
  if (since === undefined) return request;
  const value = incremental.value.replaceAll('{since}', () => since);
  return withTarget(request, incremental.param, isInBody(incremental.param) ? JSON.stringify(value) : value);
}

/** Replaces `{name}` of known names; other braces stay. */
function replaceNames(
  text: string,
  values: Readonly<Record<string, string>>,
  write: (value: string) => string,
): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? write(values[name] ?? '') : whole,
  );
}

/** A value as one part of a path. */
function encodeSegment(value: string): string {
  if (value !== '' && value !== '.' && value !== '..') return encodeURIComponent(value);
  throw new RunError('EXTRACTION', `the value ${JSON.stringify(value)} of a parent record cannot be a part of a path`);
}

function insertAll(value: unknown, insert: (text: string) => string): unknown {
  if (typeof value === 'string') return insert(value);
  if (Array.isArray(value)) return value.map((item: unknown) => insertAll(item, insert));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, insertAll(item, insert)]));
}

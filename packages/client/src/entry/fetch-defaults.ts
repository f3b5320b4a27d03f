import type { Options } from 'ky';
import type { CallOptions } from '../core/call-options.ts';
import { parseHeaders } from '../security/headers.ts';
import { serializeSearchParams } from './search-params.ts';
import type { SearchParams } from './search-params.ts';

/** What a client has set for its calls. */
export interface FetchDefaults {
  readonly baseUrl: URL | undefined;
  /** `undefined` for none. Not to be changed: requests share them. */
  readonly headers: Headers | undefined;
  readonly searchParams: SearchParams;
  readonly options: CallOptions;
}

/** Parses a client's options, as ky has merged them. */
export function parseFetchDefaults(merged: Readonly<Options> & CallOptions): FetchDefaults {
  const { baseUrl, prefix, retry, timeout, bodyTimeout, totalTimeout } = merged;
  const base = baseUrl ?? (URL.canParse(String(prefix ?? '')) ? prefix : undefined);
  const headers = parseHeaders(merged.headers);
  return {
    baseUrl: base === undefined ? undefined : (URL.parse(String(base)) ?? undefined),
    headers: [...headers].length === 0 ? undefined : headers,
    searchParams: serializeSearchParams(merged.searchParams),
    options: { retry, timeout, bodyTimeout, totalTimeout },
  };
}

/** The same options with the client's headers below those of the call. */
export function withDefaultHeaders<T extends { headers?: Headers }>(
  own: T,
  request: Request | undefined,
  { headers: defaults }: FetchDefaults,
): T {
  if (defaults === undefined) return own;
  const given = own.headers ?? request?.headers;
  if (given === undefined) return { ...own, headers: defaults };
  const headers = new Headers(defaults);
  for (const [name, value] of given) headers.set(name, value);
  return { ...own, headers };
}

/** The options of a call for the stages, with the client's where it has none. Null is a wrong option, and is refused later. */
export function mergeCallOptions(
  own: CallOptions | null | undefined,
  { options: defaults }: FetchDefaults,
): CallOptions {
  if (own === undefined || own === null) return defaults;
  const {
    retry = defaults.retry,
    timeout = defaults.timeout,
    bodyTimeout = defaults.bodyTimeout,
    totalTimeout = defaults.totalTimeout,
  } = own;
  const areBoth = typeof retry === 'object' && typeof defaults.retry === 'object';
  return { retry: areBoth ? { ...defaults.retry, ...retry } : retry, timeout, bodyTimeout, totalTimeout };
}

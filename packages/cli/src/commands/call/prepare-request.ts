import type { FetchInit } from '@bearings/client';
import type { ClientConfig } from '@bearings/config';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../../usage-error.ts';
import { parseBodyArgument } from './body-argument.ts';
import type { CallFlags } from './call-flags.ts';
import { parseFormArguments } from './form-argument.ts';
import { parseHeaderArguments } from './header-argument.ts';
import { parseCount } from './duration-argument.ts';
import { parseNext } from './paging/next-argument.ts';
import type { PagesContext } from './paging/call-pages.ts';
import { addQuery } from './query-argument.ts';
import { resolveTarget } from './resolve-target.ts';

/** A request that the flags describe. */
export interface PreparedRequest {
  readonly target: string;
  readonly init: FetchInit;
  /** How to read all pages of a list; `undefined` for one request. */
  readonly pages?: Pick<PagesContext, 'paging' | 'maxPages'> | undefined;
  /** Stops reading the body. */
  readonly dispose: () => void;
}

/**
 * Reads the flags that describe the request. Sends nothing.
 *
 * @throws UsageError
 */
export async function prepareRequest(
  terminal: Terminal,
  { baseUrl, auth }: ClientConfig,
  { path, flags }: { readonly path: string; readonly flags: CallFlags },
): Promise<PreparedRequest> {
  const target = addQuery(resolveTarget(baseUrl, path), flags.query ?? []);
  const headers = parseHeaderArguments(flags.header ?? [], auth);
  const method = chooseMethod(flags);
  const init = { method, headers, signal: terminal.interrupted };
  if (flags.form !== undefined) {
    if (headers.has('content-type')) throw new UsageError('-H cannot set content-type with -F, which sets it itself');
    return { target, init: { ...init, body: await parseFormArguments(terminal, flags.form) }, dispose: () => {} };
  }
  if (flags.data === undefined)
    return { target, init, pages: readPaging(flags, { method, target }), dispose: () => {} };
  const { body, contentType, dispose } = await parseBodyArgument(terminal, flags.data);
  if (!headers.has('content-type')) headers.set('content-type', contentType);
  return { target, init: { ...init, body, ...(body instanceof ReadableStream && { duplex: 'half' }) }, dispose };
}

/** @throws UsageError */
function readPaging(
  { paginate, next, maxPages }: CallFlags,
  { method, target }: { readonly method: string; readonly target: string },
): PreparedRequest['pages'] {
  if (paginate !== true && next === undefined) {
    if (maxPages === undefined) return undefined;
    throw new UsageError('--max-pages needs --paginate or --next');
  }
  if (method !== 'GET') throw new UsageError(`--paginate is for GET, and this is a ${method} request`);
  const limit = parseCount('--max-pages', maxPages ?? '1000');
  if (limit === 0) throw new UsageError('--max-pages needs a whole number from 1 on');
  return { paging: parseNext(next, target), maxPages: limit };
}

/** @throws UsageError for what `fetch` refuses */
function chooseMethod({ method, data, form }: CallFlags): string {
  const flag = form === undefined ? '-d' : '-F';
  const hasBody = data !== undefined || form !== undefined;
  const upper = (method ?? (hasBody ? 'POST' : 'GET')).toUpperCase();
  if (!/^[A-Z]+(?:-[A-Z]+)*$/.test(upper) || ['CONNECT', 'TRACE', 'TRACK'].includes(upper)) {
    throw new UsageError('-X needs a method such as GET, POST, PUT, PATCH or DELETE');
  }
  if (hasBody && (upper === 'GET' || upper === 'HEAD')) {
    throw new UsageError(`a ${upper} request has no body: omit ${flag}, or use another method`);
  }
  return upper;
}

import type { Input, Options } from 'ky';
import { isReplayable, snapshotBody } from '../body/request-body.ts';
import type { ReplayableBody } from '../body/request-body.ts';
import type { CallOptions } from '../core/call-options.ts';
import { addToUrl, serializeSearchParams } from './search-params.ts';

/** A call that needs nothing of ky: what it sends, and its options for the stages. */
export interface SimpleCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: ReplayableBody | undefined;
  /** Whether a status that is not 2xx is an error. */
  readonly throwHttpErrors: boolean;
  readonly signal: AbortSignal | null | undefined;
  readonly options: CallOptions;
}

/** Parses a call; `undefined` for one that is not simple. */
export type ParseCall = (input: Input, options: KyCallOptions) => SimpleCall | undefined;

/** ky's options, and what a call may set differently from its client. */
export type KyCallOptions = Omit<Options, keyof CallOptions> & CallOptions;

/** The options of a client that count for all its calls. */
interface ClientDefaults extends Omit<SimpleCall, 'url' | 'method' | 'headers' | 'body' | 'signal'> {
  readonly baseUrl: string | undefined;
  readonly headers: PlainHeaders;
}

type PlainHeaders = Readonly<Record<string, string>>;
type Scalar = string | number | boolean;
type PlainSearch = Readonly<Record<string, Scalar>>;

/**
 * Makes the parser of a client's calls, from the client's options as ky has merged them.
 *
 * A simple call has a URL, a method, plain headers, plain search parameters and a replayable body, and its client has no
 * hooks. ky's documentation says what these mean, and they mean the same here. A call with any other option, or with a
 * wrong one, is left to ky.
 */
export function createSimpleCallParser(clientOptions: Readonly<Options>): ParseCall {
  const defaults = parseDefaults(clientOptions);
  if (defaults === undefined) return () => undefined;
  return (input, options) => {
    if (!isAddress(input) || !hasOnlyPlainOptions(options)) return undefined;
    const { method: given = 'get', headers: own = {}, searchParams = {}, json, body, signal, ...others } = options;
    const { throwHttpErrors = defaults.throwHttpErrors, ...rest } = others;
    const method = methods.get(given);
    if (method === undefined || typeof throwHttpErrors !== 'boolean') return undefined;
    if (!isPlain(own, isString) || !isPlain(searchParams, isScalar)) return undefined;
    const url = resolveUrl(input, searchParams, defaults.baseUrl);
    const callOptions = mergeCallOptions(rest, defaults.options);
    if (url === undefined || callOptions === undefined) return undefined;
    const headers = new Headers({ ...defaults.headers, ...own });
    const sent = parseBody(method, json, body);
    if (sent === false) return undefined;
    if (json !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
    return { url, method, headers, body: sent, throwHttpErrors, signal, options: callOptions };
  };
}

/** The methods ky has a name for, in upper case. `query` is left out: not every transport knows it. */
const methods: ReadonlyMap<string, string> = new Map(
  ['GET', 'POST', 'PUT', 'PATCH', 'HEAD', 'DELETE'].flatMap((name) => [
    [name, name],
    [name.toLowerCase(), name],
  ]),
);

function parseDefaults(options: Readonly<Options>): ClientDefaults | undefined {
  const { fetch: _stack, hooks = {}, baseUrl: given, headers = {}, throwHttpErrors = true, ...rest } = options;
  const isHooked = Object.values(hooks).some((list) => list.length > 0);
  const baseUrl = given === undefined ? undefined : URL.parse(String(given))?.href;
  const callOptions = mergeCallOptions(rest, {});
  if (isHooked || callOptions === undefined || typeof throwHttpErrors !== 'boolean' || !isPlain(headers, isString))
    return undefined;
  if (given !== undefined && baseUrl === undefined) return undefined;
  return { baseUrl, headers, throwHttpErrors, options: callOptions };
}

/** A call's options for the stages; `undefined` when there is any other option, or one that ky would merge. */
function mergeCallOptions(own: CallOptions, defaults: CallOptions): CallOptions | undefined {
  const {
    retry,
    timeout = defaults.timeout,
    bodyTimeout = defaults.bodyTimeout,
    totalTimeout = defaults.totalTimeout,
    ...others
  } = own;
  for (const value of Object.values(others)) if (value !== undefined) return undefined;
  if (retry !== undefined && defaults.retry !== undefined) return undefined;
  return { retry: retry === undefined ? defaults.retry : retry, timeout, bodyTimeout, totalTimeout };
}

const isAddress = (input: unknown): input is string | URL => typeof input === 'string' || input instanceof URL;

/** Options that a client may have too: to ky, `undefined` removes the client's. */
const shared = [
  'headers',
  'searchParams',
  'throwHttpErrors',
  'retry',
  'timeout',
  'bodyTimeout',
  'totalTimeout',
] as const;

/** False for options that are inherited, set to `undefined`, or wrapped for ky (`replaceOption` marks by a symbol). */
function hasOnlyPlainOptions(options: KyCallOptions): boolean {
  if (!isPlainObject(options)) return false;
  for (const name of shared) if (options[name] === undefined && Object.hasOwn(options, name)) return false;
  for (const value of Object.values(options)) {
    const isMarked = typeof value === 'object' && value !== null && Object.getOwnPropertySymbols(value).length > 0;
    if (isMarked && !(value instanceof AbortSignal)) return false;
  }
  return options.signal === undefined || options.signal === null || options.signal instanceof AbortSignal;
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** An absolute http URL or a path. What only the URL parser would accept is left to ky. */
const plainAddress = /^(?:https?:\/\/|(?![a-z][\w+.-]*:))[!-~][^\t\n\r]*$/i;

function resolveUrl(input: string | URL, searchParams: PlainSearch, baseUrl: string | undefined): string | undefined {
  if (typeof input === 'string' && !plainAddress.test(input)) return undefined;
  const url = URL.parse(String(input), baseUrl);
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  return addToUrl(url, serializeSearchParams(searchParams));
}

/** The body to send, `undefined` for none; `false` for one that is not simple. */
function parseBody(method: string, json: unknown, body: Options['body']): ReplayableBody | undefined | false {
  const given = json === undefined ? body : JSON.stringify(json);
  if (given === undefined || given === null) return undefined;
  if (method === 'GET' || method === 'HEAD' || given instanceof FormData || !isReplayable(given)) return false;
  const kept = snapshotBody(given);
  return kept !== undefined && kept !== null && isReplayable(kept) ? kept : false;
}

/** True for a plain object whose values are all of one kind. */
function isPlain<T>(given: unknown, isRight: (value: unknown) => value is T): given is Readonly<Record<string, T>> {
  if (typeof given !== 'object' || given === null || !isPlainObject(given)) return false;
  for (const value of Object.values(given)) if (!isRight(value)) return false;
  return true;
}

const isString = (value: unknown): value is string => typeof value === 'string';
const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

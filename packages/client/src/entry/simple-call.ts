import type { Input, Options } from 'ky';
import type { BodySource, CallOptions } from '../core/call.ts';
import { fixed, isSource } from '../body/request-body.ts';

/** A call that needs nothing of ky: what it sends, and what it wants of the stages. */
export interface OrdinaryCall {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: BodySource | undefined;
  /** Whether a status that is not 2xx is an error. */
  readonly throwHttpErrors: boolean;
  readonly signal: AbortSignal | null | undefined;
  readonly options: CallOptions;
}

/** Reads a call; `undefined` for one that is not ordinary. */
export type ReadCall = (input: Input, options: KyCallOptions) => OrdinaryCall | undefined;

/** ky's options, and what a call may set differently from its client. */
export type KyCallOptions = Omit<Options, keyof CallOptions> & CallOptions;

/** What the options of a client say of all its calls. */
interface Common extends Omit<OrdinaryCall, 'url' | 'method' | 'headers' | 'body' | 'signal'> {
  readonly home: string | undefined;
  readonly headers: PlainHeaders;
}

type PlainHeaders = Readonly<Record<string, string>>;
type Scalar = string | number | boolean;
type PlainSearch = Readonly<Record<string, Scalar>>;

/**
 * Looks at a client's options, as ky has merged them, and answers with the way to read its calls.
 *
 * Ordinary is a call with an address, a method, plain headers, plain search parameters and a body that is all there,
 * of a client without hooks: what these mean is in ky's documentation, and done here the same way. Any other option, and
 * whatever is wrong in some way, is ky's to understand.
 */
export function ordinaryCalls(defaults: Readonly<Options>): ReadCall {
  const common = commonOf(defaults);
  if (common === undefined) return () => undefined;
  return (input, options) => {
    if (!isAddress(input) || !isPlainlySet(options)) return undefined;
    const { method: given = 'get', headers: own = {}, searchParams = {}, json, body, signal, ...others } = options;
    const { throwHttpErrors = common.throwHttpErrors, ...rest } = others;
    const method = methods.get(given);
    if (method === undefined || typeof throwHttpErrors !== 'boolean') return undefined;
    if (!isPlain(own, isString) || !isPlain(searchParams, isScalar)) return undefined;
    const url = addressOf(input, searchParams, common.home);
    const callOptions = callOptionsOf(rest, common.options);
    if (url === undefined || callOptions === undefined) return undefined;
    const headers = new Headers({ ...common.headers, ...own });
    const source = sourceOf(method, json, body);
    if (source === false) return undefined;
    if (json !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
    return { url, method, headers, body: source, throwHttpErrors, signal, options: callOptions };
  };
}

/** The methods ky has a name for, and their real names. `query` is not known everywhere below. */
const methods: ReadonlyMap<string, string> = new Map(
  ['GET', 'POST', 'PUT', 'PATCH', 'HEAD', 'DELETE'].flatMap((name) => [
    [name, name],
    [name.toLowerCase(), name],
  ]),
);

function commonOf(defaults: Readonly<Options>): Common | undefined {
  const { fetch: _stack, hooks = {}, baseUrl, headers = {}, throwHttpErrors = true, ...rest } = defaults;
  const isHooked = Object.values(hooks).some((list) => list.length > 0);
  const home = baseUrl === undefined ? undefined : URL.parse(String(baseUrl))?.href;
  const options = callOptionsOf(rest, {});
  if (isHooked || options === undefined || typeof throwHttpErrors !== 'boolean' || !isPlain(headers, isString))
    return undefined;
  return baseUrl !== undefined && home === undefined ? undefined : { home, headers, throwHttpErrors, options };
}

/** What a call asks of the stages; `undefined` when there is any other option, or one that ky would merge. */
function callOptionsOf(given: CallOptions, common: CallOptions): CallOptions | undefined {
  const { retry, timeout, bodyTimeout, totalTimeout, ...others } = given;
  for (const value of Object.values(others)) if (value !== undefined) return undefined;
  if (retry !== undefined && common.retry !== undefined) return undefined;
  return {
    retry: retry ?? common.retry,
    timeout: timeout ?? common.timeout,
    bodyTimeout: bodyTimeout ?? common.bodyTimeout,
    totalTimeout: totalTimeout ?? common.totalTimeout,
  };
}

const isAddress = (input: unknown): input is string | URL => typeof input === 'string' || input instanceof URL;

/** Options that a client may have too: `undefined` takes the client's away, in ky's way. */
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
function isPlainlySet(options: KyCallOptions): boolean {
  if (!isPlainObject(options)) return false;
  for (const name of shared) if (options[name] === undefined && Object.hasOwn(options, name)) return false;
  for (const value of Object.values(options)) {
    const isMarked = typeof value === 'object' && value !== null && Object.getOwnPropertySymbols(value).length > 0;
    if (isMarked && !(value instanceof AbortSignal)) return false;
  }
  return options.signal === undefined || options.signal === null || options.signal instanceof AbortSignal;
}

function isPlainObject(given: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(given);
  return prototype === Object.prototype || prototype === null;
}

/** Starts as an address or a path does; what only the URL parser would forgive is left to ky. */
const addressed = /^(?:https?:\/\/|(?![a-z][\w+.-]*:))[!-~][^\t\n\r]*$/i;

function addressOf(input: string | URL, searchParams: PlainSearch, home: string | undefined): string | undefined {
  if (typeof input === 'string' && !addressed.test(input)) return undefined;
  const url = URL.parse(String(input), home);
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  for (const [name, value] of Object.entries(searchParams)) url.searchParams.append(name, String(value));
  return url.href;
}

/** The body to send, if any; `false` for one that is not ordinary. */
function sourceOf(method: string, json: unknown, body: Options['body']): BodySource | undefined | false {
  const given = json === undefined ? body : JSON.stringify(json);
  if (given === undefined || given === null) return undefined;
  if (method === 'GET' || method === 'HEAD' || given instanceof FormData || !isSource(given)) return false;
  const source = fixed(given);
  return source !== undefined && source !== null && isSource(source) ? source : false;
}

/** A plain object, all of whose values are of a kind: nothing to be taken away, or to be gone through in another way. */
function isPlain<T>(given: unknown, isRight: (value: unknown) => value is T): given is Readonly<Record<string, T>> {
  if (typeof given !== 'object' || given === null || !isPlainObject(given)) return false;
  for (const value of Object.values(given)) if (!isRight(value)) return false;
  return true;
}

const isString = (value: unknown): value is string => typeof value === 'string';
const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

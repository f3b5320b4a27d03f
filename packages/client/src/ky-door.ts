import kyDefault, { isHTTPError } from 'ky';
import type { BeforeErrorHook, InitHook, Input, KyInstance, Options, ResponsePromise } from 'ky';
import type { CallOptions } from './call.ts';
import type { Desk } from './desk.ts';
import { ConfigError, InvalidUrlError } from './errors.ts';
import { bodyFacts, checkHeaders } from './fetch-door.ts';
import { readUrl } from './origin.ts';
import { defaultRetry } from './retry-policy.ts';

/** The methods ky has a name for. */
const methods = ['get', 'post', 'put', 'patch', 'head', 'delete', 'query'] as const;

/** What our `init` hook carries past ky: ky hands options that it does not know to `fetch`'s second argument. */
interface Carried {
  readonly options: CallOptions;
  readonly body: RequestInit['body'];
  /** True when a hook or a progress callback may have put another body into the request since. */
  readonly isUncertain: boolean;
}

type KyFetchInit = RequestInit & Pick<CallOptions, 'bodyTimeout'> & { readonly bearings?: Carried };

/** ky with fittings (a client's `fetch`, `stages`, `close`), which every door made from it has too. */
export type Door<F extends object> = F & {
  /** The same with other options, on the same stack. */
  extend(options: Parameters<KyInstance['extend']>[0]): Door<F>;
  /** The same with fresh options, on the same stack. */
  create(options?: Options): Door<F>;
} & KyInstance;

/**
 * Opens the front door: ky, with the stack in the place of `fetch`.
 *
 * ky's own retry and timeout would sit in the wrong places (its timeout spans the wait for a token, its retry repeats
 * the old header), so they are off, and what a call asks of them is carried to the stages instead.
 */
export function kyDoor<F extends object>(desk: Desk, options: Options, fittings: F): Door<F> {
  const fetch = (input: Input, init: KyFetchInit = {}): Promise<Response> => {
    const request = input instanceof Request ? input : new Request(input);
    const { bearings, bodyTimeout, ...fetchOptions } = init;
    return desk.call(request, {
      options: { ...bearings?.options, bodyTimeout },
      fetchOptions,
      ...carriedBody(request, bearings),
    });
  };
  const carry = carryPast(fetch);
  const create = (fresh: Options): KyInstance => kyDefault.create({ ...checked(fresh), fetch });
  return hang(create(options), { create, carry }, fittings);
}

function carriedBody(request: Request, carried: Carried | undefined): ReturnType<typeof bodyFacts> {
  const { source, repeatable } = bodyFacts(carried?.body, request);
  return { source: carried?.isUncertain === true ? undefined : source, repeatable };
}

/** What all doors of one desk share. */
interface Frame {
  readonly create: (fresh: Options) => KyInstance;
  readonly carry: InitHook;
}

/**
 * Hangs the door: our `init` hook goes behind all others, so that none of them can wake ky's own retry or timeout. A
 * call that brings hooks of its own gets a door of its own, for the same reason.
 */
function hang<F extends object>(base: KyInstance, frame: Frame, fittings: F): Door<F> {
  const { create, carry } = frame;
  const ky = base.extend({ hooks: { init: [carry], beforeError: [nameStatus] } });
  const again = (next: KyInstance): Door<F> => hang(next, frame, fittings);
  const open = (input: Input, { hooks, ...own }: Options = {}): ResponsePromise => {
    try {
      return hooks === undefined ? ky(input, own) : again(base.extend({ hooks }))(input, own);
    } catch (cause) {
      throw withoutQuotes(cause, input, own);
    }
  };
  const named = methods.map((method) => [method, (input: Input, own?: Options) => open(input, { ...own, method })]);
  return Object.assign(open, Object.fromEntries(named), fittings, {
    extend: (more: Parameters<KyInstance['extend']>[0]) =>
      again(base.extend((defaults) => checked(typeof more === 'function' ? more(defaults) : more))),
    create: (fresh: Options = {}) => again(create(fresh)),
    stop: base.stop,
    retry: base.retry,
  });
}

/** @throws InvalidHeaderError */
function checked(options: Options): Options {
  checkHeaders(options.headers);
  return options;
}

/**
 * The platform refuses a wrong URL or header with an error that quotes it; ours says what is wrong without.
 *
 * @throws InvalidUrlError | InvalidHeaderError
 */
function withoutQuotes(cause: unknown, input: Input, { headers }: Options): unknown {
  if (!(input instanceof Request)) readUrl(input, 'https://base.invalid');
  checkHeaders(headers);
  if (cause instanceof TypeError && cause.message.includes('url protocol must be'))
    return new InvalidUrlError('The input has a scheme without //, so it is neither a URL nor a path');
  if (cause instanceof TypeError && cause.message.includes('includes credentials'))
    return new InvalidUrlError('The prefix or base URL carries user and password: give credentials to a layer instead');
  const isUnresolved = cause instanceof TypeError && cause.message.startsWith('Failed to parse URL');
  return isUnresolved ? new InvalidUrlError('The input is a path, and the client has no baseUrl to resolve it') : cause;
}

/**
 * Takes what is ours out of a call's options, and carries it past ky.
 *
 * @throws ConfigError when the options bring another `fetch`, which would go round the stack
 */
function carryPast(fetch: unknown): InitHook {
  return (options) => {
    const { retry, timeout, totalTimeout, json, stringifyJson = JSON.stringify, hooks, onUploadProgress } = options;
    if (options.fetch !== fetch)
      throw new ConfigError('fetch', 'fetch goes to createClient: here it would bypass the stack');
    if (json !== undefined) {
      const headers = new Headers(options.headers);
      if (!headers.has('content-type')) headers.set('content-type', 'application/json');
      Object.assign(options, { body: stringifyJson(json), headers, json: undefined });
    }
    const isUncertain = (hooks?.beforeRequest?.length ?? 0) > 0 || onUploadProgress !== undefined;
    const bearings: Carried = { options: { retry, timeout, totalTimeout }, body: options.body, isUncertain };
    Object.assign(options, { bearings, retry: 0, timeout: false, totalTimeout: false });
  };
}

/** Gives ky's error for a status a code and `retryable`, as ours have, and takes the query out of its message. */
const nameStatus: BeforeErrorHook = ({ error }) => {
  if (!isHTTPError(error)) return error;
  const { url } = error.request;
  const [shown = url] = url.split('?');
  error.message = error.message.replace(url, () => shown);
  if (error.stack !== undefined) error.stack = error.stack.replace(url, () => shown);
  const retryable = defaultRetry.statusCodes.includes(error.response.status);
  return Object.assign(error, { code: 'HTTP_STATUS' as const, retryable });
};

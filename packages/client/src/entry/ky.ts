import kyDefault, { isHTTPError } from 'ky';
import type { BeforeErrorHook, InitHook, Input, KyInstance, Options, ResponsePromise } from 'ky';
import type { CallOptions } from '../core/call.ts';
import type { Clock } from '../time/clock.ts';
import type { Desk } from './call-runner.ts';
import { ConfigError, InvalidUrlError } from '../errors/index.ts';
import { parseHeaders } from '../security/headers.ts';
import { withFacts } from '../errors/http-status-error.ts';
import { parseUrl } from '../security/url.ts';
import { ordinaryCalls } from './simple-call.ts';
import type { KyCallOptions } from './simple-call.ts';
import { Passage } from './ky-bridge.ts';
import { fixed, payloadOf } from '../body/request-body.ts';
import { shortWay } from './ky-fast-path.ts';
import type { ShortWay } from './ky-fast-path.ts';

/** The methods ky has a name for. */
const methods = ['get', 'post', 'put', 'patch', 'head', 'delete', 'query'] as const;

/** What the door needs to know of its client. */
export interface KyDoorFacts {
  /** The client's options for ky. */
  readonly options: Options;
  readonly clock: Clock;
  /** Whether all layers take a light request. */
  readonly isLight: boolean;
}

type KyFetchInit = RequestInit & Pick<CallOptions, 'bodyTimeout'> & { readonly bearings?: Passage };

type Open = <T>(input: Input, options?: KyCallOptions) => ResponsePromise<T>;

/** ky with fittings (a client's `fetch`, `stages`, `close`), which every door made from it has too. */
export type Door<F extends object> = F & {
  /** The same with other options, on the same stack. */
  extend(options: KyCallOptions | ((defaults: Readonly<Options>) => KyCallOptions)): Door<F>;
  /** The same with fresh options, on the same stack. */
  create(options?: KyCallOptions): Door<F>;
} & Readonly<Record<(typeof methods)[number], Open>> &
  Open &
  KyInstance;

/**
 * Opens the front door: ky, with the stack in the place of `fetch`.
 *
 * An ordinary call has a shorter way ({@link shortWay}), with the same result.
 *
 * ky's own retry and timeout would sit in the wrong places (its timeout spans the wait for a token, its retry repeats
 * the old header), so they are off, and what a call asks of them is carried to the stages instead.
 */
export function kyDoor<F extends object>(desk: Desk, facts: KyDoorFacts, fittings: F): Door<F> {
  const { options, clock, isLight } = facts;
  const fetch = async (input: Input, init: KyFetchInit = {}): Promise<Response> => {
    const { bearings, bodyTimeout, ...fetchOptions } = init;
    if (bearings?.response !== undefined) return bearings.response;
    const request = input instanceof Request ? input : new Request(input);
    const { reading } = bearings ?? {};
    const isCertain = reading?.isUncertain === false;
    return desk.call(await payloadOf(request, isCertain ? reading.body : undefined, clock), {
      options: { ...reading?.options, bodyTimeout },
      signal: reading?.signal ?? (isCertain ? undefined : request.signal),
      fetchOptions,
      onCall: (call) => bearings?.began(call),
    });
  };
  const carry = carryPast(fetch);
  const create = (fresh: Options): KyInstance => kyDefault.create({ ...checked(fresh), fetch });
  return hang(create(options), { create, carry, desk, isLight }, fittings);
}

const nameStatus: BeforeErrorHook = ({ error }) => {
  if (!isHTTPError(error)) return error;
  const passage: unknown = 'bearings' in error.options ? error.options.bearings : undefined;
  return withFacts(error, passage instanceof Passage ? passage.call : undefined);
};

/** What all doors of one desk share. */
interface Frame extends Omit<ShortWay, 'byKy'> {
  readonly create: (fresh: Options) => KyInstance;
  readonly carry: InitHook;
}

/**
 * Hangs the door: our `init` hook goes behind all others, so that none of them can wake ky's own retry or timeout. A
 * call that brings hooks of its own gets a door of its own, for the same reason.
 */
function hang<F extends object>(base: KyInstance, frame: Frame, fittings: F): Door<F> {
  const { create, carry } = frame;
  const ky = base.extend({ hooks: { init: [carry] } });
  const again = (next: KyInstance): Door<F> => hang(next, frame, fittings);
  const ordinary = ordinaryCalls(mergedBy(base));
  const byKy: ShortWay['byKy'] = (url, options, answered) =>
    ky(url, Object.assign(options, { bearings: new Passage(undefined, answered) }));
  const way: ShortWay = { ...frame, byKy };
  const open = (input: Input, own: Options = {}): ResponsePromise => {
    try {
      const call = ordinary(input, own);
      return call === undefined ? asKyDoes(input, own) : shortWay(way, call);
    } catch (cause) {
      throw withoutQuotes(cause, input, own);
    }
  };
  const asKyDoes = (input: Input, { hooks, ...own }: Options): ResponsePromise => {
    // ky would find the signal of a Request by itself, but not let go of it
    const options = input instanceof Request ? { ...own, signal: own.signal ?? input.signal } : own;
    return hooks === undefined ? ky(input, options) : again(base.extend({ hooks }))(input, options);
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

/** The options of an instance, as ky has merged them. */
function mergedBy(ky: KyInstance): Readonly<Options> {
  let merged: Readonly<Options> = {};
  ky.extend((defaults) => {
    merged = defaults;
    return {};
  });
  return merged;
}

/** @throws InvalidHeaderError | ConfigError */
function checked(options: Options): Options {
  parseHeaders(options.headers);
  checkHooks(options.hooks);
  return options;
}

/** @throws ConfigError for hooks that would never be called */
function checkHooks(hooks: Options['hooks']): void {
  if ((hooks?.beforeRetry?.length ?? 0) === 0) return;
  throw new ConfigError('hooks.beforeRetry', 'beforeRetry is not called: ky does not retry here. Use retry.onRetry');
}

/**
 * The platform refuses a wrong URL or header with an error that quotes it; ours says what is wrong without.
 *
 * @throws InvalidUrlError | InvalidHeaderError
 */
function withoutQuotes(cause: unknown, input: Input, { headers }: Options): unknown {
  if (!(input instanceof Request)) parseUrl(input, 'https://base.invalid');
  parseHeaders(headers);
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
 * `nameStatus` goes before all other hooks for errors: they see its facts, and cannot replace it.
 *
 * @throws ConfigError when the options bring another `fetch`, which would go round the stack
 */
function carryPast(fetch: unknown): InitHook {
  return (options) => {
    const { retry, timeout, totalTimeout, json, stringifyJson, hooks, onUploadProgress, signal } = options;
    if (options.fetch !== fetch)
      throw new ConfigError('fetch', 'fetch goes to createClient: here it would bypass the stack');
    checkHooks(hooks);
    parseHeaders(options.headers); // as they are now: other hooks may have brought some
    const text = json === undefined ? undefined : (stringifyJson?.(json) ?? JSON.stringify(json));
    if (text !== undefined) options.stringifyJson = () => text;
    options.hooks = { ...hooks, beforeError: [nameStatus, ...(hooks?.beforeError ?? [])] };
    const isUncertain = (hooks?.beforeRequest?.length ?? 0) > 0 || onUploadProgress !== undefined;
    const body = text ?? fixed(options.body);
    const reading = { options: { retry, timeout, totalTimeout }, signal, body, isUncertain };
    const bearings = 'bearings' in options ? options.bearings : new Passage(reading);
    Object.assign(options, { bearings, signal: undefined, retry: 0, timeout: false, totalTimeout: false });
  };
}

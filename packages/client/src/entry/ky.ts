import kyDefault, { isHTTPError } from 'ky';
import type { BeforeErrorHook, InitHook, Input, KyInstance, Options, ResponsePromise } from 'ky';
import { snapshotBody } from '../body/request-body.ts';
import type { CallOptions } from '../core/call-options.ts';
import { checkBaseUrl } from '../core/check-base-url.ts';
import { checkOptions } from '../core/check-options.ts';
import { kyOptionRules } from '../core/ky-option-rules.ts';
import { readCredentials, statusContext } from '../core/status-error.ts';
import { addStatusFacts } from '../errors/http-status-error.ts';
import { ConfigError, InvalidUrlError } from '../errors/index.ts';
import { parseHeaders } from '../security/headers.ts';
import { parseUrl } from '../security/url.ts';
import type { Clock } from '../time/clock.ts';
import type { CallRunner } from './call-runner.ts';
import { KyBridge } from './ky-bridge.ts';
import { runFastPath } from './ky-fast-path.ts';
import { fromPlatformRequest } from './platform-request.ts';
import { createSimpleCallParser } from './simple-call.ts';
import type { KyCallOptions } from './simple-call.ts';

/** The methods ky has a name for. */
const methods = ['get', 'post', 'put', 'patch', 'head', 'delete', 'query'] as const;

/** What the ky entry is made with. */
export interface KyOptions<E extends object> {
  /** The client's options for ky. */
  readonly options: Options;
  readonly clock: Clock;
  /** What the client has besides ky's methods. */
  readonly extras: E;
}

type KyFetchInit = RequestInit & Pick<CallOptions, 'bodyTimeout'> & { readonly bearings?: KyBridge };

type Open = <T>(input: Input, options?: KyCallOptions) => ResponsePromise<T>;

/** ky with extras (a client's `fetch`, `stages`, `close`), which every client made from it has too. */
export type KyClient<E extends object> = E & {
  /** The same with other options, on the same stack. */
  extend(options: KyCallOptions | ((defaults: Readonly<Options>) => KyCallOptions)): KyClient<E>;
  /** The same with fresh options, on the same stack. */
  create(options?: KyCallOptions): KyClient<E>;
} & Readonly<Record<(typeof methods)[number], Open>> &
  Open &
  KyInstance;

/**
 * Makes the ky entry: ky, with the stages in the place of `fetch`.
 *
 * A simple call takes a fast path ({@link runFastPath}), with the same result.
 *
 * ky's own retry and timeout would be in the wrong places (its timeout covers the wait for a token, its retry repeats
 * the old header), so they are off, and their options go to the stages instead.
 */
export function createKy<E extends object>(runner: CallRunner, { options, clock, extras }: KyOptions<E>): KyClient<E> {
  const fetch = async (input: Input, init: KyFetchInit = {}): Promise<Response> => {
    const { bearings: bridge, bodyTimeout, ...fetchOptions } = init;
    const platformRequest = input instanceof Request ? input : new Request(input);
    const { captured } = bridge ?? {};
    const isAsCaptured = captured?.mayBeModified === false;
    const body = isAsCaptured ? captured.body : undefined;
    const request = await fromPlatformRequest(platformRequest, { body, fetchOptions, clock });
    return runner.run(request, {
      options: { ...captured?.options, bodyTimeout },
      signal: captured?.signal ?? (isAsCaptured ? undefined : platformRequest.signal),
      onCall: (call) => bridge?.setSent(call, request),
    });
  };
  const capture = captureOptions(fetch);
  const create = (fresh: Options): KyInstance => kyDefault.create({ ...checkKyOptions(fresh), fetch });
  return wrapKy(create(options), { create, capture, runner, clock }, extras);
}

/** What all clients made from one have in common. */
interface KyContext {
  readonly create: (fresh: Options) => KyInstance;
  readonly capture: InitHook;
  readonly runner: CallRunner;
  readonly clock: Clock;
}

/**
 * Wraps a ky instance. Our `init` hook goes after all others, so that none of them can switch on ky's own retry or
 * timeout. A call with hooks of its own gets an instance of its own, for the same reason.
 */
function wrapKy<E extends object>(base: KyInstance, context: KyContext, extras: E): KyClient<E> {
  const { create, capture, runner, clock } = context;
  const ky = base.extend({ hooks: { init: [capture] } });
  const rewrap = (next: KyInstance): KyClient<E> => wrapKy(next, context, extras);
  const defaults = mergedOptions(base);
  const parseCall = createSimpleCallParser(defaults);
  const fastPath = { runner, clock, baseUrl: defaults.baseUrl };
  const open = (input: Input, own: Options = {}): ResponsePromise => {
    try {
      const simple = parseCall(input, own);
      return simple === undefined ? callKy(input, own) : runFastPath(fastPath, simple);
    } catch (cause) {
      throw toSafeError(cause, input, own);
    }
  };
  const callKy = (input: Input, given: Options): ResponsePromise => {
    const { hooks, ...own } = checkKyOptions(given);
    // ky would find the signal of a Request itself, but would not remove its listener
    const options = input instanceof Request ? { ...own, signal: own.signal ?? input.signal } : own;
    return hooks === undefined ? ky(input, options) : rewrap(base.extend({ hooks }))(input, options);
  };
  const named = methods.map((method) => [method, (input: Input, own?: Options) => open(input, { ...own, method })]);
  return Object.assign(open, Object.fromEntries(named), extras, {
    extend: (more: Parameters<KyInstance['extend']>[0]) =>
      rewrap(base.extend((merged) => checkKyOptions(typeof more === 'function' ? more(merged) : more))),
    create: (fresh: Options = {}) => rewrap(create(fresh)),
    stop: base.stop,
    retry: base.retry,
  });
}

/** The options of an instance, as ky has merged them. */
function mergedOptions(ky: KyInstance): Readonly<Options> {
  let merged: Readonly<Options> = {};
  ky.extend((defaults) => {
    merged = defaults;
    return {};
  });
  return merged;
}

/**
 * Checks the options of a call, or of a client that is made from another.
 *
 * @throws InvalidHeaderError | ConfigError
 */
function checkKyOptions(options: Options): Options {
  const { bearings: _own, ...given }: Options & { readonly bearings?: unknown } = options;
  checkOptions(given, kyOptionRules, { owner: 'A call' });
  const { baseUrl, headers, hooks } = options;
  const base = baseUrl === undefined ? null : URL.parse(String(baseUrl));
  if (base !== null) checkBaseUrl(base);
  parseHeaders(headers);
  checkHooks(hooks);
  return options;
}

/** @throws ConfigError for hooks that would never be called */
function checkHooks(hooks: Options['hooks']): void {
  if ((hooks?.beforeRetry?.length ?? 0) === 0) return;
  throw new ConfigError('hooks.beforeRetry', 'beforeRetry is not called: ky does not retry here. Use retry.onRetry');
}

/**
 * The platform's errors for a wrong URL or header quote it; ours say what is wrong without.
 *
 * @throws InvalidUrlError | InvalidHeaderError
 */
function toSafeError(cause: unknown, input: Input, { headers }: Options): unknown {
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
 * Makes the hook that takes our options out of a call's, and carries them past ky.
 *
 * The hook that adds facts to status errors goes before all others for errors: they see its facts, and cannot replace
 * it.
 *
 * @throws ConfigError when the options bring another `fetch`, which would bypass the stack
 */
function captureOptions(fetch: unknown): InitHook {
  return (options) => {
    const { retry, timeout, totalTimeout, json, stringifyJson, hooks, onUploadProgress, signal } = options;
    if (options.fetch !== fetch)
      throw new ConfigError('fetch', 'fetch goes to createClient: here it would bypass the stack');
    checkHooks(hooks);
    parseHeaders(options.headers); // as they are now: other hooks may have added some
    const text = json === undefined ? undefined : (stringifyJson?.(json) ?? JSON.stringify(json));
    if (text !== undefined) options.stringifyJson = () => text;
    options.hooks = { ...hooks, beforeError: [addFacts, ...(hooks?.beforeError ?? [])] };
    const mayBeModified = (hooks?.beforeRequest?.length ?? 0) > 0 || onUploadProgress !== undefined;
    const body = text ?? snapshotBody(options.body);
    const bearings = new KyBridge({ options: { retry, timeout, totalTimeout }, signal, body, mayBeModified });
    Object.assign(options, { bearings, signal: undefined, retry: 0, timeout: false, totalTimeout: false });
  };
}

/** Adds facts to the error that ky has made of a status. A hook may have answered, so that nothing was sent. */
const addFacts: BeforeErrorHook = ({ error }) => {
  if (!isHTTPError(error)) return error;
  const bridge: unknown = 'bearings' in error.options ? error.options.bearings : undefined;
  const sent = bridge instanceof KyBridge ? bridge.sent : undefined;
  if (sent !== undefined) return addStatusFacts(error, statusContext(sent.call, sent.request));
  return addStatusFacts(error, { attempts: 1, canReplay: true, credentials: readCredentials(error.request.headers) });
};

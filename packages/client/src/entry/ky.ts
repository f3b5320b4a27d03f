import kyDefault, { replaceOption } from 'ky';
import type { InitHook, Input, KyInstance, Options, ResponsePromise } from 'ky';
import type { CallOptions } from '../core/call-options.ts';
import { checkBaseUrl } from '../core/check-base-url.ts';
import { checkOptions } from '../core/check-options.ts';
import { kyOptionRules } from '../core/ky-option-rules.ts';
import { InvalidUrlError } from '../errors/index.ts';
import { parseHeaders } from '../security/headers.ts';
import { parseUrl } from '../security/url.ts';
import type { Clock } from '../time/clock.ts';
import type { CallRunner } from './call-runner.ts';
import { errorBodyLimitMs, limitErrorBody } from './error-data.ts';
import { KyBridge } from './ky-bridge.ts';
import { checkHooks, createCapture } from './ky-capture.ts';
import type { CallDefaults } from './ky-capture.ts';
import { runFastPath } from './ky-fast-path.ts';
import { withSafeJson } from './ky-json.ts';
import { fromPlatformRequest } from './platform-request.ts';
import { createSimpleCallParser } from './simple-call.ts';
import type { KyCallOptions } from './simple-call.ts';

/** The methods ky has a name for. */
const methods = ['get', 'post', 'put', 'patch', 'head', 'delete', 'query'] as const;

/** What the ky entry is made with. */
export interface KyOptions<E> {
  /** The client's options for ky. */
  readonly options: Options;
  readonly clock: Clock;
  readonly defaults: CallDefaults;
  /** Makes what a client has besides ky's methods, from its runner and its options as ky has merged them. */
  readonly createExtras: (runner: CallRunner, merged: Readonly<Options>) => E;
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
export function createKy<E extends object>(runner: CallRunner, options: KyOptions<E>): KyClient<E> {
  const { clock, defaults, createExtras } = options;
  const context = { runner, clock };
  const fetch = (input: Input, init: KyFetchInit = {}): Promise<Response> => sendForKy(input, init, context);
  const capture = createCapture({ fetch, clock, defaults });
  const create = (fresh: Options): KyInstance => kyDefault.create({ ...checkKyOptions(fresh), fetch });
  return wrapKy(create(options.options), { create, capture, clock, defaults, runner, createExtras });
}

/** What ky calls in place of `fetch`: the stages, with the options that the bridge has carried past ky. */
async function sendForKy(
  input: Input,
  { bearings: bridge, bodyTimeout, ...fetchOptions }: KyFetchInit,
  { runner, clock }: { readonly runner: CallRunner; readonly clock: Clock },
): Promise<Response> {
  const platformRequest = input instanceof Request ? input : new Request(input);
  const { captured } = bridge ?? {};
  const isAsCaptured = bridge?.isAsCaptured(platformRequest) ?? false;
  const body = isAsCaptured ? captured?.body : undefined;
  const request = await fromPlatformRequest(platformRequest, { body, fetchOptions, clock });
  const response = await (bridge?.runner ?? runner).run(request, {
    options: { ...captured?.options, bodyTimeout },
    signal: captured?.signal ?? (isAsCaptured ? undefined : platformRequest.signal),
    onCall: (call) => bridge?.setSent(call, request),
    startedAt: captured?.startedAt,
  });
  const attemptTimeoutMs = bridge?.sent?.call.attemptTimeoutMs ?? Infinity;
  if (response.ok || captured?.isOnlyForError(response.status) !== true) return response;
  return limitErrorBody(response, { clock, limitMs: errorBodyLimitMs(attemptTimeoutMs) });
}

/** What all clients made from one have in common, and the runner of one of them. */
interface KyContext<E> extends Omit<KyOptions<E>, 'options'> {
  readonly create: (fresh: Options) => KyInstance;
  readonly capture: InitHook;
  readonly runner: CallRunner;
}

/**
 * Wraps a ky instance. Our `init` hook goes after all others, so that none of them can switch on ky's own retry or
 * timeout. A call with hooks of its own gets an instance of its own, for the same reason.
 */
function wrapKy<E extends object>(base: KyInstance, context: KyContext<E>): KyClient<E> {
  const { create, capture, runner, clock, defaults } = context;
  const ky = base.extend({ hooks: { init: [capture] } });
  const rewrap = (next: KyInstance): KyClient<E> => wrapKy(next, { ...context, runner: runner.derive() });
  const merged = mergedOptions(base);
  const parseCall = createSimpleCallParser(merged);
  const fastPath = { runner, clock, baseUrl: merged.baseUrl, retry: defaults.retry };
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
    const bridge = new KyBridge({ input, clock, runner });
    const instance = hooks === undefined ? ky : base.extend({ hooks }).extend({ hooks: { init: [capture] } });
    // ky would find the signal of a Request itself, but would not remove its listener
    const signal = input instanceof Request ? { signal: own.signal ?? input.signal } : undefined;
    const carried = { ...own, ...signal, bearings: replaceOption(bridge) };
    return withSafeJson(instance(input, carried), bridge);
  };
  const named = methods.map((method) => [method, (input: Input, own?: Options) => open(input, { ...own, method })]);
  return Object.assign(open, Object.fromEntries(named), context.createExtras(runner, merged), {
    extend: (more: Parameters<KyInstance['extend']>[0]) =>
      rewrap(base.extend((known) => checkKyOptions(typeof more === 'function' ? more(known) : more))),
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

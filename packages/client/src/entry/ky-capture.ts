import { isHTTPError } from 'ky';
import type { BeforeErrorHook, HTTPError, InitHook, Options } from 'ky';
import { parseJson as parseSafely } from '../body/parse-json.ts';
import { snapshotBody } from '../body/request-body.ts';
import { readCredentials, statusContext } from '../core/status-error.ts';
import { addStatusFacts } from '../errors/http-status-error.ts';
import { ConfigError } from '../errors/index.ts';
import { parseHeaders } from '../security/headers.ts';
import { resolveRetryPolicy } from '../stages/retry/retry-policy.ts';
import type { RetryPolicy } from '../stages/retry/retry-policy.ts';
import type { Clock } from '../time/clock.ts';
import { KyBridge } from './ky-bridge.ts';
import { serializeSearchParams } from './search-params.ts';
import type { KyCallOptions } from './simple-call.ts';

/** What a client has set for its calls. */
export interface CallDefaults {
  readonly retry: RetryPolicy;
  readonly totalTimeout: number | false;
}

interface CaptureContext {
  /** The stack, as ky's `fetch`. */
  readonly fetch: unknown;
  readonly clock: Clock;
  readonly defaults: CallDefaults;
}

/** Options of a call on its way through ky. */
type CarriedOptions = Options & KyCallOptions & { readonly bearings?: unknown };

/**
 * Makes the hook that takes our options out of a call's, and carries them past ky on the call's bridge.
 *
 * The hook that adds facts to status errors goes before all others for errors: they see its facts, and cannot replace
 * it.
 *
 * @throws ConfigError when the options bring another `fetch`, which would bypass the stack, or wrong retry options
 */
export function createCapture({ fetch, clock, defaults }: CaptureContext): InitHook {
  return (options: CarriedOptions) => {
    const { bearings: bridge, retry, timeout, totalTimeout } = options;
    if (!(bridge instanceof KyBridge)) throw new ConfigError('hooks.init', 'An init hook has replaced the options');
    if (options.fetch !== fetch)
      throw new ConfigError('fetch', 'fetch goes to createClient: here it would bypass the stack');
    checkHooks(options.hooks);
    checkHeaders(options);
    const totalMs = totalTimeout ?? defaults.totalTimeout;
    bridge.capture({
      options: { retry, timeout, totalTimeout },
      retry: resolveRetryPolicy(defaults.retry, retry),
      totalTimeoutMs: typeof totalMs === 'number' && totalMs > 0 ? totalMs : Infinity, // a wrong one is refused later
      startedAt: clock.monotonic(),
      signal: options.signal,
      body: takeBody(options),
      mayBeModified: (options.hooks?.beforeRequest?.length ?? 0) > 0 || options.onUploadProgress !== undefined,
      isOnlyForError: isOnlyForError(options),
    });
    keepSearch(options, bridge);
    boundHooks(options, bridge);
    Object.assign(options, { signal: undefined, retry: 0, timeout: false, totalTimeout: false });
  };
}

/**
 * Checks the headers as they are now: other hooks may have added some. Of a form only the content type that names its
 * boundary can be read, so any other is removed.
 *
 * @throws InvalidHeaderError
 */
function checkHeaders(options: Options): void {
  if (options.headers === undefined) return;
  const headers = parseHeaders(options.headers);
  if (!(options.body instanceof FormData) || !headers.has('content-type')) return;
  headers.delete('content-type');
  options.headers = headers;
}

/** @throws ConfigError for hooks that would never be called */
export function checkHooks(hooks: Options['hooks']): void {
  if ((hooks?.beforeRetry?.length ?? 0) === 0) return;
  throw new ConfigError('hooks.beforeRetry', 'beforeRetry is not called: ky does not retry here. Use retry.onRetry');
}

/** A copy of the body as it is now. JSON is made once. */
function takeBody(options: Options): RequestInit['body'] {
  const { json, stringifyJson } = options;
  const text = json === undefined ? undefined : (stringifyJson?.(json) ?? JSON.stringify(json));
  if (text === undefined) return snapshotBody(options.body);
  options.stringifyJson = () => text;
  return text;
}

function isOnlyForError({ hooks, throwHttpErrors = true }: Options): (status: number) => boolean {
  if ((hooks?.afterResponse?.length ?? 0) > 0) return () => false;
  return typeof throwHttpErrors === 'function' ? throwHttpErrors : () => throwHttpErrors;
}

/** Gives ky the search parameters as text: it adds text as it is, and would rewrite the URL's own query otherwise. */
function keepSearch(options: Options, { input }: KyBridge): void {
  if (options.searchParams === undefined) return;
  const { text, removed } = serializeSearchParams(options.searchParams);
  const [, query = ''] = String(input instanceof Request ? input.url : input).split('?');
  const present = new URLSearchParams(query);
  if (removed.some((name) => present.has(name))) return; // ky removes them
  options.searchParams = text;
}

/** Hooks and `parseJson` within the call's total time, with the state that the stages know. */
function boundHooks(options: Options, bridge: KyBridge): void {
  const { hooks = {}, parseJson } = options;
  const { beforeRequest = [], afterResponse = [], beforeError = [] } = hooks;
  options.hooks = {
    ...hooks,
    beforeRequest: beforeRequest.map((hook) => (state) => {
      bridge.noteRequest(state.request);
      return bridge.race(() => hook(bridge.correct(state)), { request: state.request, phase: 'hook' });
    }),
    afterResponse: afterResponse.map(
      (hook) => (state) => bridge.race(() => hook(bridge.correct(state)), { request: state.request, phase: 'hook' }),
    ),
    beforeError: [
      createFactsHook(bridge),
      ...beforeError.map<BeforeErrorHook>((hook) => (state) => hook(bridge.correct(state))),
    ],
  };
  options.parseJson =
    parseJson === undefined
      ? (text) => (text === '' && bridge.hasSchema ? undefined : parseSafely(text))
      : (text, context) => bridge.race(() => parseJson(text, context), { request: context.request, phase: 'parse' });
}

/**
 * Makes the hook that adds facts to the error that ky has made of a status. A hook may have answered, so that nothing was
 * sent. When the deadline has ended the reading of the error's body, its error takes the place.
 */
function createFactsHook(bridge: KyBridge): BeforeErrorHook {
  return ({ error }) => {
    if (!isHTTPError(error)) return error;
    if (bridge.deadlineError !== undefined) return bridge.deadlineError;
    return addFacts(error, bridge);
  };
}

function addFacts(error: HTTPError, bridge: KyBridge): HTTPError {
  const { sent } = bridge;
  error.options = bridge.restoreOptions(error.options);
  if (sent !== undefined) return addStatusFacts(error, statusContext(sent.call, sent.request));
  return addStatusFacts(error, { attempts: 1, canReplay: true, credentials: readCredentials(error.request.headers) });
}

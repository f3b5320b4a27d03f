import { ConfigError } from '@bearings/client/errors';
import { Call, ClientRequest } from '@bearings/client/layer';
import type { Send } from '@bearings/client/layer';
import { systemClock } from '@bearings/client';
import { withBearerAuth } from '@bearings/oauth-bearer';
import type { BearerAuthOptions, TokenHandle } from '@bearings/oauth-bearer';
import * as undici from 'undici'; // by name, its import would fail where undici is not complete
import type { Dispatcher } from 'undici';
import { checkRuntime } from '../check-runtime.ts';
import { Dispatching } from './dispatching.ts';
import type { Dispatched } from './dispatching.ts';

/** Where the token goes, and what rejects it. */
export interface BearerInterceptorOptions extends Pick<BearerAuthOptions, 'prefix' | 'rejectedBy'> {
  /** The origins that get the token, such as `https://orders.internal`. Requests to others pass unchanged. */
  readonly origins: readonly string[];
}

/**
 * Puts a bearer token on requests that do not go through a Bearings client, but through a dispatcher of undici: those of
 * `undici.request`, `fetch`, proxies, and libraries that take a dispatcher.
 *
 *     setGlobalDispatcher(new Agent().compose(bearerInterceptor(token, { origins: ['https://orders.internal'] })));
 *
 * When the resource rejects the token, it is rotated and the request is sent once more; as by `withBearerAuth`, whose rules
 * these are. A body that is a stream is read into memory first when its `content-length` is 64 KiB at most, as of most calls of
 * `fetch`. With another one the request is not sent again: its caller gets the 401, and the next request the new token.
 *
 * Compose it onto an Agent: a Pool or Client does not say which origin it is for.
 *
 * @throws ConfigError when the token is no handle, an option is missing or wrong, or the runtime has no undici
 * @throws TokenError from a request for which there is no token; nothing was sent
 */
export function bearerInterceptor(
  token: TokenHandle,
  options: BearerInterceptorOptions,
): Dispatcher.DispatcherComposeInterceptor {
  checkRuntime(undici.Agent, 'bearerInterceptor');
  const { origins } = options ?? {};
  if (!Array.isArray(origins)) throw new ConfigError('origins', 'origins must be a list of origins that get the token');
  const dispatchings = new WeakMap<Call, Dispatching>();
  const forward: Send = (request, call) =>
    dispatchings.get(call)?.send(request, call) ?? Promise.reject(new TypeError('an unknown call'));
  const authenticate = withBearerAuth(token, options).stage(
    (request, call) =>
      call.sendSigned === undefined ? forward(request, call) : call.sendSigned(request, call, forward),
    // whether the dispatcher presents a certificate is not known here
    { slot: 'auth', baseUrl: undefined, clock: systemClock, random: Math.random, hasClientCertificate: true },
  );
  const allowed = new Set(origins.map((origin) => new URL(origin).origin));
  const send = (dispatched: Dispatched): boolean => {
    const { dispatch, options: given, handler } = dispatched;
    const origin = readOrigin(given);
    if (!allowed.has(origin)) return dispatch(given, handler);
    const dispatching = new Dispatching(dispatched);
    void dispatching.run((sent) => {
      const call = new Call({ options: {}, clock: systemClock, attemptTimeoutMs: Infinity, totalTimeoutMs: Infinity });
      dispatchings.set(call, dispatching);
      return authenticate(toRequest(sent, origin), call);
    }); // never rejects
    return true;
  };
  return (dispatch) => (given, handler) =>
    isLegacy(handler)
      ? convertHandler(dispatch, send).dispatch(given, handler)
      : send({ dispatch, options: given, handler });
}

/** Whether a handler is of undici 7 or earlier, as the `fetch` of Node 24 has. */
const isLegacy = (handler: object): boolean => 'onConnect' in handler && !('onRequestStart' in handler);

/** A dispatcher for such handlers. */
function convertHandler(dispatch: Dispatcher['dispatch'], send: (dispatched: Dispatched) => boolean): Dispatcher {
  const target = new undici.Dispatcher();
  target.dispatch = (options, handler) => send({ dispatch, options, handler });
  return new undici.Dispatcher1Wrapper(target);
}

/** @throws ConfigError for a request of a Pool or Client, which has none */
function readOrigin({ origin }: Dispatcher.DispatchOptions): string {
  const url = origin === undefined ? null : URL.parse(String(origin));
  if (url !== null) return url.origin;
  throw new ConfigError(
    'origin',
    'The request has no origin. Compose bearerInterceptor onto an Agent, not onto a Pool or Client',
  );
}

/** What the rules of the token need to know. */
function toRequest({ path, method, body }: Dispatcher.DispatchOptions, origin: string): ClientRequest {
  const isReplayable = body === undefined || body === null || typeof body === 'string' || body instanceof Uint8Array;
  return new ClientRequest({
    url: origin + (path.startsWith('/') ? path : `/${path}`),
    method: String(method),
    ...(!isReplayable && { body: new ReadableStream() }),
  });
}

import { layer } from '@bearings/client/layer';
import type { Layer } from '@bearings/client';
import type { Call, ClientRequest, Stage } from '@bearings/client/layer';
import { ClientClosedError, ConfigError } from '@bearings/client/errors';
import type { Dispatcher } from 'undici';
import { Exchange } from './exchange.ts';
import type { Head } from './exchange.ts';
import { inflated } from './inflate.ts';
import { LightResponse } from './light-response.ts';
import { networkOf } from './network.ts';
import { outgoing } from './outgoing.ts';
import type { Source } from './source.ts';
import { undiciFailure } from './undici-failure.ts';
import { checkOptions, settingsOf } from './undici-options.ts';
import type { UndiciOptions } from './undici-options.ts';

/** The network as a layer. Whoever makes it closes it: several clients may share it. */
export interface UndiciLayer extends Layer {
  /** Takes no more requests, and answers when the bodies of those under way have been read. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Takes the place of `fetch`: the requests of a client go out by undici itself.
 *
 * @throws ConfigError when an option is wrong
 */
export function withUndici(options: UndiciOptions = {}): UndiciLayer {
  checkOptions(options);
  const dispatcher = options.dispatcher ?? networkOf(options);
  const isOurs = options.dispatcher === undefined;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= isOurs ? dispatcher.close() : Promise.resolve());
  const send = sender(dispatcher);
  const stage: Stage = () => (request, call) =>
    closed === undefined ? send(request, call) : Promise.reject(new ClientClosedError());
  const made = layer('transport', { name: 'undici', settings: settingsOf(options) }, stage);
  return Object.freeze({ ...made, close, [Symbol.asyncDispose]: close });
}

/** Sends by one dispatcher, or by the one that a call brings as `fetch` would take it. */
function sender(usual: Dispatcher): (request: ClientRequest, call: Call) => Promise<Response> {
  const unread = new FinalizationRegistry<Exchange>((exchange) => exchange.forget());
  return async (request, call) => {
    const { cancelScope: scope } = call;
    if (scope.isCancelled) throw scope.reason;
    if (isChecked(request)) throw new ConfigError('integrity', 'undici checks no integrity: leave it to fetch');
    const exchange = new Exchange({
      scope,
      failed: (cause, facts) => undiciFailure(cause, { request, ...facts }),
    });
    dispatch(dispatcherFor(request) ?? usual, { request, call, exchange });
    const head = await exchange.head;
    const [url = request.url] = request.url.split('#', 1);
    const response = new LightResponse({ head, url, source: bodyOf(request, head, exchange) });
    if (!exchange.isComplete) unread.register(response, exchange);
    return response;
  };
}

function dispatch(
  dispatcher: Dispatcher,
  { request, call, exchange }: { request: ClientRequest; call: Call; exchange: Exchange },
): void {
  try {
    dispatcher.dispatch(outgoing(request, call), exchange);
  } catch (cause) {
    exchange.onResponseError(null, cause instanceof Error ? cause : new Error('undici threw', { cause }));
  }
}

function dispatcherFor({ fetchOptions }: ClientRequest): Dispatcher | undefined {
  const given = fetchOptions?.['dispatcher'];
  return isDispatcher(given) ? given : undefined;
}

/** True for a request with a checksum for its response. */
const isChecked = ({ fetchOptions }: ClientRequest): boolean => (fetchOptions?.integrity ?? '') !== '';

function isDispatcher(value: unknown): value is Dispatcher {
  return typeof value === 'object' && value !== null && 'dispatch' in value && typeof value.dispatch === 'function';
}

/** As the Fetch standard says: these have no body, whatever the server sends. */
const withoutBody = [101, 103, 204, 205, 304];

function bodyOf({ method }: ClientRequest, { status, headers }: Head, exchange: Exchange): Source | null {
  if (method !== 'HEAD' && !withoutBody.includes(status)) return inflated(exchange, headers);
  exchange.ignore();
  return null;
}

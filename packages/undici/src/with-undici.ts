import { layer } from '@bearings/client';
import type { Call, Layer, Stage } from '@bearings/client';
import { ClientClosedError, ConfigError } from '@bearings/client/errors';
import type { Dispatcher } from 'undici';
import { Exchange } from './exchange.ts';
import type { ResponseHead } from './exchange.ts';
import { decompress } from './decompress.ts';
import { UndiciResponse } from './undici-response.ts';
import { createDispatcher } from './create-dispatcher.ts';
import { toDispatchOptions } from './dispatch-options.ts';
import type { ByteSource } from './byte-source.ts';
import { toUndiciError } from './undici-error.ts';
import { checkOptions, shownSettings } from './undici-options.ts';
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
  const dispatcher = options.dispatcher ?? createDispatcher(options);
  const isOurs = options.dispatcher === undefined;
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= isOurs ? dispatcher.close() : Promise.resolve());
  const send = createSend(dispatcher);
  const stage: Stage = () => (request, call) =>
    closed === undefined ? send(request, call) : Promise.reject(new ClientClosedError());
  const made = layer(
    'transport',
    { name: 'undici', settings: shownSettings(options), takesLight: true, alwaysAnswers: true },
    stage,
  );
  return Object.freeze({ ...made, close, [Symbol.asyncDispose]: close });
}

/** Sends by one dispatcher, or by the one that a call brings as `fetch` would take it. */
function createSend(usual: Dispatcher): (request: Request, call: Call) => Promise<Response> {
  const unread = new FinalizationRegistry<Exchange>((exchange) => exchange.cancel());
  return async (request, call) => {
    const { cancelScope: scope } = call;
    if (scope.isCancelled) throw scope.reason;
    if (request.integrity !== '') throw new ConfigError('integrity', 'undici checks no integrity: leave it to fetch');
    const exchange = new Exchange({
      scope,
      toError: (cause, facts) => toUndiciError(cause, { request, call, ...facts }),
    });
    dispatch(callDispatcher(call) ?? usual, { request, call, exchange });
    const head = await exchange.head;
    const [url = request.url] = request.url.split('#', 1);
    const response = new UndiciResponse({ head, url, source: responseBody(request, head, exchange) });
    if (!exchange.hasEnded) releaseWhenCollected(unread, response, exchange);
    return response;
  };
}

/**
 * Gives the connection back when the response is collected: then nothing can read its body any more.
 *
 * The registration ends with the exchange, because what the registry holds may reach the response by then: through the
 * call, its last failure or a captured stack. Such a response would never be collected.
 */
function releaseWhenCollected(
  unread: FinalizationRegistry<Exchange>,
  response: UndiciResponse,
  exchange: Exchange,
): void {
  unread.register(response, exchange, exchange);
  exchange.onEnd = unregisterFrom(unread, exchange);
}

/** A function of its own, so that its closure does not hold the response. */
const unregisterFrom = (unread: FinalizationRegistry<Exchange>, exchange: Exchange) => (): void =>
  void unread.unregister(exchange);

function dispatch(
  dispatcher: Dispatcher,
  { request, call, exchange }: { request: Request; call: Call; exchange: Exchange },
): void {
  try {
    dispatcher.dispatch(toDispatchOptions(request, call), exchange);
  } catch (cause) {
    exchange.onResponseError(null, cause instanceof Error ? cause : new Error('undici threw', { cause }));
  }
}

function callDispatcher({ fetchOptions }: Call): Dispatcher | undefined {
  const given = fetchOptions?.['dispatcher'];
  return isDispatcher(given) ? given : undefined;
}

function isDispatcher(value: unknown): value is Dispatcher {
  return typeof value === 'object' && value !== null && 'dispatch' in value && typeof value.dispatch === 'function';
}

/** As the Fetch standard says: these have no body, whatever the server sends. */
const nullBodyStatuses = [101, 103, 204, 205, 304];

function responseBody({ method }: Request, { status, headers }: ResponseHead, exchange: Exchange): ByteSource | null {
  if (method !== 'HEAD' && !nullBodyStatuses.includes(status)) return decompress(exchange, headers);
  exchange.discardBody();
  return null;
}

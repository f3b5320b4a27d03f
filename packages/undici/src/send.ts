import type { Call, ClientRequest } from '@bearings/client/layer';
import { ConfigError } from '@bearings/client/errors';
import type { Dispatcher } from 'undici';
import type { ByteSource } from './byte-source.ts';
import type { Connections } from './connections.ts';
import { decompress } from './decompress.ts';
import { toDispatchOptions } from './dispatch-options.ts';
import { Exchange } from './exchange.ts';
import type { ResponseHead } from './exchange.ts';
import { ManagedDispatcher } from './managed-dispatcher.ts';
import { toUndiciError } from './undici-error.ts';
import type { UndiciOptions } from './undici-options.ts';
import { UndiciResponse } from './undici-response.ts';

/** Creates the function that sends one request, over the layer's connections or the call's own dispatcher. */
export function createSend(
  connections: Connections,
  { proxy }: UndiciOptions,
): (request: ClientRequest, call: Call) => Promise<Response> {
  const unread = new FinalizationRegistry<Exchange>((exchange) => exchange.cancel());
  return async (request, call) => {
    const { cancelScope: scope } = call;
    if (scope.isCancelled) throw scope.reason;
    if (hasIntegrity(request)) throw new ConfigError('integrity', 'undici checks no integrity: leave it to fetch');
    const found = callDispatcher(request) ?? connections.get();
    const managed = found instanceof ManagedDispatcher ? found : await scope.race(found);
    managed.acquire();
    const exchange = new Exchange({
      scope,
      toError: (cause, facts) =>
        toUndiciError(cause, { request, proxy, forwardProxy: connections.forwardProxy, ...facts }),
      onEnd: () => managed.release(),
    });
    dispatch(managed.dispatcher, { request, call, exchange });
    const head = await exchange.head;
    const [url = request.url] = request.url.split('#', 1);
    const response = new UndiciResponse({ head, url, source: responseBody(request, head, exchange) });
    if (!exchange.hasEnded) releaseWhenCollected(unread, response, exchange);
    return response;
  };
}

/** The dispatcher that a call passes, as it would to `fetch`. */
function callDispatcher({ fetchOptions }: ClientRequest): ManagedDispatcher | undefined {
  const given = fetchOptions?.['dispatcher'];
  return isDispatcher(given) ? new ManagedDispatcher(given, { isOurs: false }) : undefined;
}

const hasIntegrity = ({ fetchOptions }: ClientRequest): boolean => (fetchOptions?.integrity ?? '') !== '';

function isDispatcher(value: unknown): value is Dispatcher {
  return typeof value === 'object' && value !== null && 'dispatch' in value && typeof value.dispatch === 'function';
}

function dispatch(
  dispatcher: Dispatcher,
  { request, call, exchange }: { request: ClientRequest; call: Call; exchange: Exchange },
): void {
  try {
    dispatcher.dispatch(toDispatchOptions(request, call), exchange);
  } catch (cause) {
    exchange.onResponseError(null, cause instanceof Error ? cause : new Error('undici threw', { cause }));
  }
}

/** These have no body, whatever the server sends (Fetch standard, "null body status"). */
const nullBodyStatuses = [101, 103, 204, 205, 304];

function responseBody(
  { method }: ClientRequest,
  { status, headers }: ResponseHead,
  exchange: Exchange,
): ByteSource | null {
  if (method !== 'HEAD' && !nullBodyStatuses.includes(status)) return decompress(exchange, headers);
  exchange.discardBody();
  return null;
}

/**
 * Gives the connection back when the response is collected: then nothing can read its body any more.
 *
 * The registration ends with the exchange, because what the registry holds may reach the response by then: through the
 * call and its last failure, or a captured stack. Such a response would never be collected.
 */
function releaseWhenCollected(
  unread: FinalizationRegistry<Exchange>,
  response: UndiciResponse,
  exchange: Exchange,
): void {
  unread.register(response, exchange, exchange);
  exchange.onRelease = unregisterFrom(unread, exchange);
}

/** A function of its own, so that its closure does not hold the response. */
const unregisterFrom = (unread: FinalizationRegistry<Exchange>, exchange: Exchange) => (): void =>
  void unread.unregister(exchange);

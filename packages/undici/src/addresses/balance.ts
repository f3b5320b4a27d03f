import { isIP } from 'node:net';
import type { Dispatcher } from 'undici';
import { abortReasons } from '../abort-reasons.ts';
import { endedController } from '../interceptor/attempt.ts';
import { mergeHeaders, readHeader } from '../interceptor/merge-headers.ts';
import { toKey } from './address-pool.ts';
import type { AddressPool } from './address-pool.ts';
import type { AddressBook } from './address-book.ts';
import type { ServiceAddress } from './address-source.ts';

type Options = Dispatcher.DispatchOptions;
type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;

/**
 * Sends each request to the next instance of its service. The origin stays what it was for tokens, TLS and the `host` header.
 *
 * When an instance cannot be connected to, the request goes to the next one at once: nothing was sent, so this is no retry.
 */
export function balance(book: AddressBook): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const origin = URL.parse(String(options.origin));
    if (origin === null || isIP(origin.hostname.replaceAll(/[[\]]/g, '')) !== 0) return dispatch(options, handler);
    const begin = (pool: AddressPool): boolean =>
      new BalancedRequest(dispatch, { origin, options, handler, pool }).send();
    const found = book.find(origin.origin);
    if (!(found instanceof Promise)) return begin(found);
    found.then(begin).catch((cause: unknown) => {
      const error = cause instanceof Error ? cause : new Error('the lookup of addresses failed', { cause });
      handler.onResponseError?.(endedController(error), error);
    });
    return true;
  };
}

interface Balanced {
  readonly origin: URL;
  readonly options: Options;
  readonly handler: Handler;
  readonly pool: AddressPool;
}

/** A connection that was not made: nothing was sent. */
const unreachable = /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/;

/** One request, and the instances that it has been tried at. */
class BalancedRequest {
  readonly #dispatch: Dispatcher['dispatch'];
  readonly #balanced: Balanced;
  readonly #tried = new Set<string>();

  constructor(dispatch: Dispatcher['dispatch'], balanced: Balanced) {
    this.#dispatch = dispatch;
    this.#balanced = balanced;
  }

  send(): boolean {
    const { origin, options, pool } = this.#balanced;
    const address = pool.take(this.#tried);
    if (address === undefined) throw new Error(`there is no address of ${origin.origin}`);
    this.#tried.add(toKey(address));
    const { headers } = options;
    const host = readHeader(headers, 'host') ?? origin.host;
    const target: Options & { servername: string } = {
      ...options,
      origin: toOrigin(address, origin),
      servername: origin.hostname,
      headers: mergeHeaders(headers, new Map([['host', host]])),
    };
    return this.#dispatch(target, this.#observe(address));
  }

  /** The handler, and what becomes of the instance. */
  #observe(address: ServiceAddress): Handler {
    const { handler, pool } = this.#balanced;
    const state = { isAnswered: false };
    return {
      onRequestStart: (...values) => handler.onRequestStart?.(...values),
      onRequestUpgrade: (...values) => handler.onRequestUpgrade?.(...values),
      onResponseStart: (...values) => {
        const [, status] = values;
        if (status >= 200) {
          state.isAnswered = true;
          pool.record(address, status >= 502 && status <= 504 ? 'bad' : 'good');
        }
        return handler.onResponseStart?.(...values);
      },
      onResponseData: (...values) => handler.onResponseData?.(...values),
      onResponseEnd: (...values) => handler.onResponseEnd?.(...values),
      onResponseError: (controller, error) => {
        if (state.isAnswered || this.#isAborted(address, controller, error) || !this.#isTriedAgain(address, error))
          handler.onResponseError?.(controller, error);
      },
    };
  }

  /** An instance that lets a call wait until its time is over fails, and one whose caller has left does not. */
  #isAborted(address: ServiceAddress, controller: Controller | null | undefined, error: Error): boolean {
    // undici passes no controller before there is a connection, whatever its types say
    if (controller?.aborted !== true) return false;
    if (error === abortReasons.timedOut) this.#balanced.pool.record(address, 'bad');
    return true;
  }

  #isTriedAgain(address: ServiceAddress, error: Error): boolean {
    const { options, pool } = this.#balanced;
    const isUnreachable = readCodes(error).some((code) => unreachable.test(code));
    pool.record(address, isUnreachable ? 'unreachable' : 'bad');
    if (!isUnreachable || !isReplayable(options) || this.#tried.size >= pool.size) return false;
    this.send();
    return true;
  }
}

/** undici has destroyed a stream by then. */
const isReplayable = ({ body }: Options): boolean =>
  body === undefined || body === null || typeof body === 'string' || body instanceof Uint8Array;

function toOrigin({ address, port }: ServiceAddress, { protocol, port: given }: URL): string {
  const host = isIP(address) === 6 ? `[${address}]` : address;
  const number = port ?? given;
  return `${protocol}//${host}${number === '' ? '' : `:${number}`}`;
}

/** Of several addresses that were tried for one host, each has its own. */
function readCodes(error: Error): readonly string[] {
  const own = 'code' in error ? [String(error.code)] : [];
  const inner =
    error instanceof AggregateError
      ? error.errors.flatMap((each: unknown) => (each instanceof Error ? readCodes(each) : []))
      : [];
  return [...own, ...inner];
}

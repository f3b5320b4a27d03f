import type { Dispatcher } from 'undici';

type Controller = Dispatcher.DispatchController;
type Handler = Dispatcher.DispatchHandler;

/** How many bytes of a discarded body are read, so that its connection can be used again. */
const maxDiscardedBytes = 64 * 1024;

/** One attempt to send a request: its response is held until it is forwarded to the handler, or discarded. */
export class Attempt implements Handler {
  /** The status and headers of the response, without its body. */
  readonly response: Promise<Response>;
  readonly #head = Promise.withResolvers<Response>();
  readonly #handler: Handler;
  readonly #cancel: (error: Error) => void;
  #state: 'waiting' | 'held' | 'forwarded' | 'discarded' = 'waiting';
  /** What the handler gets when the response is forwarded. */
  #held: (() => void)[] = [];
  #controller: Controller | undefined;
  #discardedBytes = 0;

  /** @param cancel - called when the attempt fails while its response is held */
  constructor(handler: Handler, cancel: (error: Error) => void) {
    this.#handler = handler;
    this.#cancel = cancel;
    this.response = this.#head.promise;
  }

  /** Of the connection, if there is one. */
  get controller(): Controller | undefined {
    return this.#controller;
  }

  forward(): void {
    this.#state = 'forwarded';
    for (const give of this.#held) give();
    this.#held = [];
    this.#controller?.resume();
  }

  discard(): void {
    if (this.#state === 'forwarded') return;
    this.#state = 'discarded';
    this.#held = [];
    this.#controller?.resume();
  }

  onRequestStart(controller: Controller, context: unknown): void {
    this.#controller = controller;
    if (this.#state === 'discarded') controller.abort(new Error('The request has ended'));
    else this.#handler.onRequestStart?.(controller, context);
  }

  onRequestUpgrade(...values: Parameters<NonNullable<Handler['onRequestUpgrade']>>): void {
    this.#state = 'forwarded';
    this.#handler.onRequestUpgrade?.(...values);
    this.#head.resolve(new Response());
  }

  onResponseStart(...values: Parameters<NonNullable<Handler['onResponseStart']>>): void {
    const [controller, status, headers] = values;
    if (status < 200) return this.#handler.onResponseStart?.(...values);
    if (this.#state === 'discarded') return;
    this.#state = 'held';
    controller.pause();
    this.#held.push(() => this.#handler.onResponseStart?.(...values));
    this.#head.resolve(new Response(null, { status, headers: toHeaders(headers) }));
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#state === 'discarded') this.#drain(controller, chunk);
    else this.#give(() => this.#handler.onResponseData?.(controller, chunk));
  }

  onResponseEnd(controller: Controller, trailers: Parameters<NonNullable<Handler['onResponseEnd']>>[1]): void {
    this.#give(() => this.#handler.onResponseEnd?.(controller, trailers));
  }

  onResponseError(controller: Controller | null, error: Error): void {
    if (this.#state === 'forwarded') this.#handler.onResponseError?.(controller ?? endedController(error), error);
    this.#head.reject(error);
    if (this.#state === 'held') this.#cancel(error);
  }

  onBodySent(chunk: Buffer): void {
    this.#handler.onBodySent?.(chunk);
  }

  onRequestSent(): void {
    this.#handler.onRequestSent?.();
  }

  #give(event: () => void): void {
    if (this.#state === 'held') this.#held.push(event);
    else if (this.#state === 'forwarded') event();
  }

  #drain(controller: Controller, chunk: Buffer): void {
    this.#discardedBytes += chunk.byteLength;
    if (this.#discardedBytes > maxDiscardedBytes) controller.abort(new Error('The response was discarded'));
  }
}

/** What a handler gets for a request without a connection. */
export function endedController(reason: Error): Controller {
  const nothing = (): void => {};
  return { aborted: true, paused: false, reason, abort: nothing, pause: nothing, resume: nothing };
}

function toHeaders(raw: Readonly<Record<string, string | readonly string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(raw)) {
    for (const value of [values ?? []].flat()) headers.append(name, value);
  }
  return headers;
}

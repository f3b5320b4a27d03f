import type { Call, ClientRequest } from '@bearings/client/layer';
import type { Dispatcher } from 'undici';
import { Attempt, endedController } from './attempt.ts';
import { bufferBody, isShortStream } from './buffer-body.ts';
import { mergeHeaders } from './merge-headers.ts';

/** What another library has dispatched. */
export interface Dispatched {
  readonly dispatch: Dispatcher['dispatch'];
  readonly options: Dispatcher.DispatchOptions;
  readonly handler: Dispatcher.DispatchHandler;
}

/** One request of another library: the attempts to send it, and the handler, which gets one response. */
export class Dispatching {
  #dispatched: Dispatched;
  #attempt: Attempt | undefined;

  constructor(dispatched: Dispatched) {
    this.#dispatched = dispatched;
  }

  /** Sends the request with the headers of the call. The response before, if any, is discarded. */
  send(request: ClientRequest, call: Call): Promise<Response> {
    const { dispatch, options, handler } = this.#dispatched;
    this.#attempt?.discard();
    const attempt = new Attempt(handler, (error) => call.cancel(error));
    this.#attempt = attempt;
    const added = new Map<string, string>();
    call.headers.forEach(request, (name, value) => added.set(name, value));
    try {
      dispatch({ ...options, headers: mergeHeaders(options.headers, added) }, attempt);
    } catch (cause) {
      attempt.onResponseError(null, cause instanceof Error ? cause : new Error('the dispatcher threw', { cause }));
    }
    return attempt.response;
  }

  /**
   * Sends the request as `authenticate` decides, and gives the handler its response, or the error. Never rejects.
   *
   * @param authenticate - gets the request as it is sent, with a short body read into memory
   */
  async run(authenticate: (options: Dispatcher.DispatchOptions) => Promise<Response>): Promise<void> {
    const { options, handler } = this.#dispatched;
    try {
      if (isShortStream(options)) this.#dispatched = { ...this.#dispatched, options: await bufferBody(options) };
      await authenticate(this.#dispatched.options);
      this.#attempt?.forward();
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error('the request failed', { cause });
      this.#attempt?.discard();
      handler.onResponseError?.(this.#attempt?.controller ?? endedController(error), error);
    }
  }
}

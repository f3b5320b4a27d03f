import type { Call, CallOptions } from '../core/call.ts';

/** What is read of a call's options before ky sees them. */
export interface Reading {
  readonly options: CallOptions;
  /** The caller's signal. ky would leave a listener on it for as long as its Request lives. */
  readonly signal: AbortSignal | null | undefined;
  readonly body: RequestInit['body'];
  /** True when a hook or a progress callback may have put another request or body in its place since. */
  readonly isUncertain: boolean;
}

/** An answer that is there already, for ky to go on with as if it had fetched it. */
export interface Answered {
  readonly response: Response;
  readonly call: Call | undefined;
}

/**
 * What goes past ky: ky hands options that it does not know to `fetch`'s second argument.
 *
 * ky's errors hold it, so nothing of what it knows is printed with it.
 */
export class Passage {
  readonly #reading: Reading | undefined;
  readonly #response: Response | undefined;
  #call: Call | undefined;

  constructor(reading: Reading | undefined, answered?: Answered) {
    this.#reading = reading;
    this.#response = answered?.response;
    this.#call = answered?.call;
  }

  get reading(): Reading | undefined {
    return this.#reading;
  }

  /** The answer, when it is there already. */
  get response(): Response | undefined {
    return this.#response;
  }

  get call(): Call | undefined {
    return this.#call;
  }

  /** Notes the call, once there is one. */
  began(call: Call): void {
    this.#call = call;
  }
}

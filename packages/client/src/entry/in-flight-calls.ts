import type { Call } from '../core/call.ts';
import type { FailedRequest } from '../errors/request-failure.ts';

/** A call in flight, and its request. */
interface InFlightCall {
  readonly call: Call;
  readonly request: FailedRequest;
}

/** The place of one call among those in flight. */
interface Place extends InFlightCall {
  previous: Place | undefined;
  next: Place | undefined;
}

/**
 * The calls in flight, and a wait for their end.
 *
 * It is a linked list and not a Set: a Set links each table that it outgrows to the next one, so one table that has
 * grown old keeps all later calls alive until a major collection. A place that was removed links to nothing.
 */
export class InFlightCalls {
  #last: Place | undefined;
  #idle: PromiseWithResolvers<void> | undefined;
  #count = 0;

  /** How many calls are in flight now. */
  get count(): number {
    return this.#count;
  }

  add(call: Call, request: FailedRequest): Place {
    const place: Place = { call, request, previous: this.#last, next: undefined };
    if (this.#last !== undefined) this.#last.next = place;
    this.#last = place;
    this.#count += 1;
    return place;
  }

  remove(place: Place): void {
    const { previous, next } = place;
    if (previous !== undefined) previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    this.#count -= 1;
    place.previous = undefined;
    place.next = undefined;
    if (this.#last !== undefined) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  /** All calls in flight now. */
  list(): readonly InFlightCall[] {
    const calls: InFlightCall[] = [];
    for (let place = this.#last; place !== undefined; place = place.previous) calls.push(place);
    return calls;
  }

  /** Resolves when no call is in flight. */
  async whenIdle(): Promise<void> {
    if (this.#last === undefined) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }
}

import type { Call } from '../core/call.ts';

/** The place of one call among those in flight. */
interface Place {
  readonly call: Call;
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

  add(call: Call): Place {
    const place: Place = { call, previous: this.#last, next: undefined };
    if (this.#last !== undefined) this.#last.next = place;
    this.#last = place;
    return place;
  }

  remove(place: Place): void {
    const { previous, next } = place;
    if (previous !== undefined) previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    place.previous = undefined;
    place.next = undefined;
    if (this.#last !== undefined) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  /** All calls in flight now. */
  list(): readonly Call[] {
    const calls: Call[] = [];
    for (let place = this.#last; place !== undefined; place = place.previous) calls.push(place.call);
    return calls;
  }

  /** Resolves when no call is in flight. */
  async whenIdle(): Promise<void> {
    if (this.#last === undefined) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }
}

import type { Clock } from '@bearings/client';
import type { TokenSource } from '../sources/token-source.ts';
import { elapsedMs, instantNow } from './instant.ts';
import type { Instant } from './instant.ts';
import { withinMs } from './within-ms.ts';

const periodMs = 1_000;
const timeoutMs = 1_000;

/**
 * Asks a source whether it has changed since its last failure: one question at a time, one per second.
 *
 * A source that throws, hangs or answers with something other than `true` has not changed.
 */
export class SourceWatch {
  readonly #source: TokenSource;
  readonly #clock: Clock;
  #askedAt: Instant | undefined;
  #inFlight: Promise<boolean> | undefined;

  constructor(source: TokenSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  get canWatch(): boolean {
    return typeof this.#source.hasChanged === 'function';
  }

  async hasChanged(): Promise<boolean> {
    if (this.#inFlight !== undefined) return this.#join(this.#inFlight);
    if (this.#askedAt !== undefined && elapsedMs(this.#askedAt, this.#clock) < periodMs) return false;
    this.#askedAt = instantNow(this.#clock);
    const asked = this.#ask();
    this.#inFlight = asked;
    try {
      return await asked;
    } finally {
      if (this.#inFlight === asked) this.#inFlight = undefined;
    }
  }

  /** A question that was asked by a request which has ended may never be answered: the next caller asks again. */
  async #join(asked: Promise<boolean>): Promise<boolean> {
    const answer = await withinMs(asked, timeoutMs, this.#clock);
    if (answer === undefined && this.#inFlight === asked) this.#inFlight = undefined;
    return answer ?? false;
  }

  async #ask(): Promise<boolean> {
    try {
      const answer: unknown = await withinMs(Promise.resolve(this.#source.hasChanged?.()), timeoutMs, this.#clock);
      return answer === true;
    } catch {
      return false; // the failure that callers get says more
    }
  }
}

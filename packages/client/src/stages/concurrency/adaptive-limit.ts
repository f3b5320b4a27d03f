import { isBearingsError } from '../../errors/index.ts';
import type { Semaphore } from './semaphore.ts';

/** The share of the limit that is left after a failure. */
const decrease = 0.75;
/** The limit that a new origin begins with. */
const firstLimit = 10;

/**
 * Finds how many calls a server can take: one more after each round of successes in which all permits were in use, a quarter
 * less after a failure (additive increase, multiplicative decrease; RFC 5681 §3.1). Calls that had begun before a decrease
 * change nothing any more.
 */
export class AdaptiveLimit {
  readonly #semaphore: Semaphore;
  readonly #max: number;
  #limit: number;
  #round = 0;

  /** @param max - the largest limit */
  constructor(semaphore: Semaphore, max: number) {
    this.#semaphore = semaphore;
    this.#max = max;
    this.#limit = Math.min(firstLimit, max);
    semaphore.setLimit(this.#limit);
  }

  /** The whole number of calls that may be in progress now. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** A call begins: pass the number on to {@link end}. */
  begin(): number {
    return this.#round;
  }

  /** A call, or an attempt of it, has ended. */
  end(round: number, outcome: 'success' | 'failure'): void {
    if (round !== this.#round) return;
    if (outcome === 'success') {
      if (this.#semaphore.isExhausted) this.#set(this.#limit + 1 / this.#limit);
    } else {
      this.#round += 1;
      this.#set(this.#limit * decrease);
    }
  }

  #set(limit: number): void {
    this.#limit = Math.min(this.#max, Math.max(1, limit));
    this.#semaphore.setLimit(this.limit);
  }
}

type Outcome = { readonly response: Response } | { readonly error: unknown };

/** The part of one call in the limit of its origin. */
export class Adaptation {
  readonly #limit: AdaptiveLimit | undefined;
  /** `undefined` when no attempt is in progress. */
  #round: number | undefined;

  constructor(limit: AdaptiveLimit | undefined) {
    this.#limit = limit;
  }

  begin(): void {
    this.#round = this.#limit?.begin();
  }

  fail(): void {
    this.#end('failure');
  }

  /** The call has ended. An error that is not the server's, such as an abort, changes nothing. */
  judge(outcome: Outcome): void {
    if ('response' in outcome) this.#end(overloaded.includes(outcome.response.status) ? 'failure' : 'success');
    else if (isOverload(outcome.error)) this.#end('failure');
  }

  #end(outcome: 'success' | 'failure'): void {
    if (this.#round !== undefined) this.#limit?.end(this.#round, outcome);
    this.#round = undefined;
  }
}

const overloaded: readonly number[] = [429, 502, 503, 504];

const isOverload = (error: unknown): boolean =>
  isBearingsError(error, 'ATTEMPT_TIMEOUT') ||
  isBearingsError(error, 'TRANSPORT') ||
  (isBearingsError(error, 'DEADLINE_EXCEEDED') && error.phase === 'attempt');

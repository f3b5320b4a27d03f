import type { Clock } from '@bearings/client';
import type { TokenSource } from '../sources/token-source.ts';
import { elapsedMs, instantNow } from './instant.ts';
import type { Instant } from './instant.ts';

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
    if (this.#inFlight !== undefined) return this.#inFlight;
    if (this.#askedAt !== undefined && elapsedMs(this.#askedAt, this.#clock) < periodMs) return false;
    this.#askedAt = instantNow(this.#clock);
    this.#inFlight = this.#ask();
    try {
      return await this.#inFlight;
    } finally {
      this.#inFlight = undefined;
    }
  }

  async #ask(): Promise<boolean> {
    const late = Promise.withResolvers<boolean>();
    const cancel = this.#clock.schedule(timeoutMs, () => late.resolve(false), { background: true });
    try {
      const answer: unknown = await Promise.race([this.#source.hasChanged?.(), late.promise]);
      return answer === true;
    } catch {
      return false; // the failure that callers get says more
    } finally {
      cancel();
    }
  }
}

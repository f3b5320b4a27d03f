import type { Cancel, Clock } from '@bearings/client';
import type { OpenGrant } from './open-grant.ts';

/** A pair that the provider has issued and the store has not taken. */
export interface UnsavedPair {
  /** What callers are served meanwhile. */
  readonly opened: OpenGrant;
  /** Seals and stores it; false when another process has stored a newer one. */
  readonly write: () => Promise<boolean>;
  /** Keeps other processes from using the old refresh token, as far as the store works. */
  readonly holdLease: () => Promise<unknown>;
  /** Called when it is stored, or when a newer one is. */
  readonly onSettled: () => void;
}

const retryMs = 500;

/**
 * Pairs that wait for their store: each would be lost if this program ended. They are tried again every half second, and before
 * any further refresh of their grant.
 */
export class UnsavedPairs {
  readonly #clock: Clock;
  readonly #pairs = new Map<string, UnsavedPair>();
  readonly #writes = new Map<string, Promise<void>>();
  #cancel: Cancel | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#pairs.size;
  }

  add(id: string, pair: UnsavedPair): void {
    this.#pairs.set(id, pair);
    this.#schedule();
  }

  get(id: string): OpenGrant | undefined {
    return this.#pairs.get(id)?.opened;
  }

  /** Drops a pair whose grant was ended here. */
  drop(id: string): void {
    this.#pairs.delete(id);
  }

  /** Tries to store the pair of a grant. One write at a time. Never rejects. */
  async flush(id: string): Promise<void> {
    const running = this.#writes.get(id) ?? this.#write(id);
    this.#writes.set(id, running);
    try {
      await running;
    } finally {
      this.#writes.delete(id);
    }
  }

  /** Tries to store all pairs, repeatedly, for at most this time. */
  async drain(withinMs: number): Promise<void> {
    const startedMs = this.#clock.monotonic();
    this.#cancel?.();
    await this.#flushAll();
    while (this.#pairs.size > 0 && this.#clock.monotonic() - startedMs + retryMs <= withinMs) {
      await new Promise<void>((resolve) => this.#clock.schedule(retryMs, resolve));
      await this.#flushAll();
    }
  }

  async #flushAll(): Promise<void> {
    await Promise.all([...this.#pairs.keys()].map((id) => this.flush(id)));
  }

  async #write(id: string): Promise<void> {
    const pair = this.#pairs.get(id);
    if (pair === undefined) return;
    try {
      await pair.write();
      if (this.#pairs.get(id) === pair) this.#pairs.delete(id);
      pair.onSettled();
    } catch {
      await pair.holdLease().catch(() => {}); // the store is down: it is tried again
    }
  }

  #schedule(): void {
    if (this.#cancel !== undefined) return;
    const retry = async (): Promise<void> => {
      this.#cancel = undefined;
      await this.#flushAll();
      if (this.#pairs.size > 0) this.#schedule();
    };
    this.#cancel = this.#clock.schedule(retryMs, () => void retry(), { background: true });
  }
}

import type { Clock } from '../src/clock.ts';

interface Timer {
  readonly atMs: number;
  readonly act: () => void;
}

/** A clock that moves only when told to. What is due at once (0 ms) happens by itself, after what is under way. */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #startedAt: number;
  readonly #timers = new Set<Timer>();

  constructor(startedAt: number = Date.UTC(2026, 10, 6, 12)) {
    this.#startedAt = startedAt;
    this.#nowMs = startedAt;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs - this.#startedAt;
  }

  schedule(delayMs: number, act: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, act };
    this.#timers.add(timer);
    if (delayMs <= 0) setImmediate(() => this.#fire(timer));
    return () => this.#timers.delete(timer);
  }

  /** How many timers wait to fire. */
  get pending(): number {
    return this.#timers.size;
  }

  /** How far the waiting timers are away, in milliseconds, nearest first. */
  get waits(): readonly number[] {
    return [...this.#timers].map(({ atMs }) => atMs - this.#nowMs).toSorted((a, b) => a - b);
  }

  /** Lets what is under way go on as far as it can, then moves from timer to timer. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await underWay();
    for (let due = this.#next(untilMs); due !== undefined; due = this.#next(untilMs)) {
      this.#nowMs = due.atMs;
      this.#fire(due);
      await underWay();
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number): Timer | undefined {
    return [...this.#timers].filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs)[0];
  }

  #fire(timer: Timer): void {
    if (this.#timers.delete(timer)) timer.act();
  }
}

/** Gives everything that waits for nothing but its turn a few turns. */
export async function underWay(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

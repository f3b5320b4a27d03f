import { setImmediate } from 'node:timers/promises';
import type { Cancel, Clock } from '@bearings/client';

interface Timer {
  readonly dueMs: number;
  readonly act: () => void;
  isCancelled: boolean;
}

/** Time for many thousand machines at once: timers in a heap, fired in whole milliseconds. */
export class EventClock {
  nowMs = 0;
  readonly #heap: Timer[] = [];

  /** The clock of one machine, whose wall clock is so many milliseconds off. */
  machine(skewMs = 0): Clock {
    const startAt = Date.UTC(2026, 10, 6, 12) + skewMs;
    return {
      now: () => startAt + this.nowMs,
      monotonic: () => this.nowMs,
      schedule: (delayMs, act) => this.schedule(delayMs, act),
    };
  }

  schedule(delayMs: number, act: () => void): Cancel {
    const timer = { dueMs: this.nowMs + Math.max(0, Math.ceil(delayMs)), act, isCancelled: false };
    this.#push(timer);
    return () => {
      timer.isCancelled = true;
    };
  }

  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.schedule(delayMs, resolve));
  }

  /** Fires what is due, with all promises that it resolves, until a moment. */
  async runUntil(endMs: number): Promise<void> {
    await setImmediate();
    for (let next = this.#heap[0]; next !== undefined && next.dueMs <= endMs; next = this.#heap[0]) {
      this.nowMs = next.dueMs;
      while (this.#heap[0] !== undefined && this.#heap[0].dueMs <= this.nowMs) {
        const timer = this.#pop();
        if (!timer.isCancelled) timer.act();
      }
      await setImmediate();
    }
    this.nowMs = endMs;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let index = heap.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] ?? timer;
      if (above.dueMs <= timer.dueMs) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = timer;
  }

  #pop(): Timer {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined) throw new RangeError('No timer is left');
    if (heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child = (heap[right]?.dueMs ?? Infinity) < (heap[left]?.dueMs ?? Infinity) ? right : left;
      const below = heap[child];
      if (below === undefined || below.dueMs >= last.dueMs) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

import type { Clock } from '@bearings/client';
import type { StoreGuard } from './store-guard.ts';

export interface ChangeWait {
  readonly store: StoreGuard;
  readonly key: string;
  /** How long the other replica's lease lasts, in milliseconds. */
  readonly leftMs: number;
  /** How often the store was asked so far. */
  readonly count: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly random: () => number;
}

const shortestMs = 25;
const longestMs = 400;
/** Replicas that are notified at once ask within so many milliseconds, not at the same moment. */
const spreadMs = 20;

/**
 * Waits until a token that another replica requests may have come.
 *
 * With a store that notifies: until then, at most 800 ms. Without: a short pause, which doubles from 25 to 400 ms. Ends as
 * well when the lease has ended, or the signal is aborted. The timers keep the process alive: a command waits here for its
 * token, with nothing else to do.
 */
export async function waitForChange(wait: ChangeWait): Promise<void> {
  const { store, key, leftMs, count, signal, clock, random } = wait;
  const { promise, resolve } = Promise.withResolvers<void>();
  const pollMs = Math.min(shortestMs * 2 ** count, longestMs) * (0.5 + random());
  const untilEndMs = Math.max(leftMs, 0) + 1 + random() * shortestMs;
  const cancels: (() => void)[] = [];
  const wakeIn = (ms: number): void => void cancels.push(clock.schedule(ms, resolve));
  // a notification may be lost, or come before the subscription
  wakeIn(Math.min(store.canWatch ? longestMs * (1 + random()) : pollMs, untilEndMs));
  const unwatch = store.watch(key, () => wakeIn(1 + random() * spreadMs));
  const stop = (): void => resolve();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (!signal.aborted) await promise;
  } finally {
    signal.removeEventListener('abort', stop);
    unwatch();
    for (const cancel of cancels) cancel();
  }
}

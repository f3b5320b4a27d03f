import { untilAborted } from '@bearings/client/layer';
import type { Clock } from '@bearings/client';

/** Something took longer than it may. Has a `code` as the system's own errors have. */
export class TookTooLongError extends Error {
  override readonly name = 'TookTooLongError';
  readonly code = 'ETIMEDOUT';

  /** @param limitMs - how long it was waited for, in milliseconds */
  constructor(limitMs: number) {
    super(`Nothing within ${limitMs / 1_000} s`);
  }
}

/**
 * Waits for work, no longer than it may take. The work is told by its signal to stop.
 *
 * @param limitMs - in milliseconds
 * @throws TookTooLongError
 */
export async function within<T>(limitMs: number, clock: Clock, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const patience = new AbortController();
  const cancel = clock.schedule(limitMs, () => patience.abort(new TookTooLongError(limitMs)));
  try {
    return await untilAborted(work(patience.signal), patience.signal);
  } finally {
    cancel();
  }
}

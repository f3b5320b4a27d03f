import type { Clock } from '@bearings/client';
import { untilAborted } from '@bearings/client/layer';

/** Work did not finish within its time limit. Has a `code`, as Node's own errors have. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
  readonly code = 'ETIMEDOUT';

  /** @param limitMs - the limit, in milliseconds */
  constructor(limitMs: number) {
    super(`No result within ${limitMs / 1_000} s`);
  }
}

/**
 * Runs work with a time limit. At the limit its signal is aborted, so that it can stop.
 *
 * @param limitMs - in milliseconds
 * @throws TimeLimitError
 */
export async function withTimeout<T>(
  limitMs: number,
  clock: Clock,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const cancel = clock.schedule(limitMs, () => controller.abort(new TimeLimitError(limitMs)));
  try {
    return await untilAborted(work(controller.signal), controller.signal);
  } finally {
    cancel();
  }
}

import type { Clock } from './clock.ts';

/**
 * Waits for `work` until `signal` is aborted.
 *
 * The work itself continues, for other callers that wait for it. No listener is left on the signal.
 *
 * @throws the signal's reason, unchanged, when the signal is aborted first
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    const finish = (action: () => void): void => {
      signal.removeEventListener('abort', abort);
      action();
    };
    work.then(
      (value) => finish(() => resolve(value)),
      (cause: unknown) => finish(() => reject(cause)),
    );
  });
}

/**
 * Waits `delayMs`, or until `signal` is aborted.
 *
 * @throws the signal's reason, unchanged
 */
export async function wait(delayMs: number, signal: AbortSignal, clock: Clock): Promise<void> {
  signal.throwIfAborted();
  let cancel = (): void => {};
  const waited = new Promise<void>((resolve) => {
    cancel = clock.schedule(delayMs, resolve);
  });
  try {
    await untilAborted(waited, signal);
  } finally {
    cancel();
  }
}

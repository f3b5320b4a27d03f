import type { Clock } from './clock.ts';

/**
 * Waits for `work`, but no longer than `signal` allows.
 *
 * The work itself goes on: whoever else waits for it still gets it. No listener is left on the signal.
 *
 * @throws the signal's own reason, untouched, when it is aborted first
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    const settle = (act: () => void): void => {
      signal.removeEventListener('abort', abort);
      act();
    };
    work.then(
      (value) => settle(() => resolve(value)),
      (cause: unknown) => settle(() => reject(cause)),
    );
  });
}

/**
 * Waits `delayMs`, or until `signal` is aborted.
 *
 * @throws the signal's own reason, untouched
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

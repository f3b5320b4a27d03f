import type { VirtualClock } from '@bearings/testing';

/** Moves time until something has settled, also when it waits for WebCrypto's threads. */
export async function whileTimePasses<T>(pending: Promise<T>, clock: VirtualClock, stepMs = 50): Promise<T> {
  const state = { isSettled: false };
  const settle = (): void => void (state.isSettled = true);
  void pending.then(settle, settle);
  while (!state.isSettled) {
    await clock.advance(stepMs);
    await new Promise((resolve) => setTimeout(resolve, 1)); // the threads of a busy machine need time too
  }
  return pending;
}

/** Waits until the work in the background has settled that no timer ends. */
export async function turn(): Promise<void> {
  for (let count = 0; count < 3; count += 1) {
    await Promise.all(threads.map(() => crypto.subtle.digest('SHA-256', new Uint8Array(1))));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** WebCrypto's threads take work in order: once each has done more, what was there before is done, or nearly. */
const threads = [1, 2, 3, 4] as const;

import type { Clock } from '@bearings/client';
import type { TokenStore } from './token-store.ts';

/** How long a lease lasts without its holder, in milliseconds: the wait of the others when the holder is killed. */
export const leaseMs = 3_000;
const extendAfterMs = 1_000;

/**
 * Extends a lease once per second while its holder requests a token. Answers with a function that stops it.
 *
 * A lease that is lost meanwhile costs one request: the younger token wins.
 */
export function keepLease(extend: () => ReturnType<TokenStore['ask']>, clock: Clock): () => void {
  let isOver = false;
  let cancel = (): void => {};
  const again = async (): Promise<void> => {
    try {
      await extend();
    } catch {
      return; // the store is away: the lease ends by itself
    }
    if (!isOver) cancel = clock.schedule(extendAfterMs, () => void again(), { background: true }); // never rejects
  };
  cancel = clock.schedule(extendAfterMs, () => void again(), { background: true });
  return () => {
    isOver = true;
    cancel();
  };
}

import type { Clock } from '@bearings/client';

/** Ends what is not used. */
export interface IdleTimer {
  /** Something happened: the time begins again. */
  readonly touch: () => void;
  readonly stop: () => void;
}

/** Calls `end` once, when nothing has happened for `idleMs`. */
export function createIdleTimer(idleMs: number, end: () => void, clock: Clock): IdleTimer {
  let cancel = clock.schedule(idleMs, end, { background: true });
  let isStopped = false;
  return {
    touch() {
      if (isStopped) return;
      cancel();
      cancel = clock.schedule(idleMs, end, { background: true });
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
}

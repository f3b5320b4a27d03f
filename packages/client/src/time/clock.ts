/**
 * Time, as everything in Bearings sees it: two clocks and one way to wait.
 *
 * Two, because neither can be trusted alone: wall time jumps when the machine's clock is set, and monotonic time
 * stands still while the machine sleeps.
 */
export interface Clock {
  /** Wall time in milliseconds since the epoch. May jump either way. */
  now(): number;
  /** Milliseconds since some fixed moment. Never goes back; may stand still while the machine is suspended. */
  monotonic(): number;
  /**
   * Runs `act` once after `delayMs` and returns a function that calls it off.
   *
   * A `background` timer does not keep the process alive. Any finite delay is honoured, also beyond 2^31 − 1 ms, where
   * `setTimeout` would fire at once.
   */
  schedule(delayMs: number, act: () => void, options?: ScheduleOptions): Cancel;
}

export interface ScheduleOptions {
  readonly background?: boolean;
}

/** Calls a scheduled act off. Harmless when it has run already. */
export type Cancel = () => void;

/** The longest delay `setTimeout` takes; anything above fires after 1 ms. */
const longestTimerMs = 2 ** 31 - 1;

/** The machine's own clocks and timers, looked up at each use so that a test's fake timers are seen too. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, act, options) {
    const isBackground = options?.background === true;
    return delayMs > longestTimerMs
      ? scheduleLong(delayMs, act, isBackground)
      : scheduleOnce(delayMs, act, isBackground);
  },
};

function scheduleOnce(delayMs: number, act: () => void, isBackground: boolean): Cancel {
  const timer = setTimeout(act, Math.max(0, delayMs));
  if (isBackground) timer.unref();
  return () => clearTimeout(timer);
}

/** In steps of what `setTimeout` takes. */
function scheduleLong(delayMs: number, act: () => void, isBackground: boolean): Cancel {
  let cancel: Cancel;
  const arm = (leftMs: number): void => {
    const stepMs = Math.min(leftMs, longestTimerMs);
    cancel = scheduleOnce(stepMs, () => (leftMs > stepMs ? arm(leftMs - stepMs) : act()), isBackground);
  };
  arm(delayMs);
  return () => cancel();
}

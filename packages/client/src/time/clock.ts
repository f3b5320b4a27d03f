/**
 * The time source of all Bearings packages: two clocks and a timer.
 *
 * Two clocks, because each is wrong at times: wall time jumps when the machine's clock is set, and monotonic time may
 * pause while the machine sleeps.
 */
export interface Clock {
  /** Wall time in milliseconds since the epoch. May jump forwards or backwards. */
  now(): number;
  /** Milliseconds since an arbitrary instant. Never decreases; may pause while the machine is suspended. */
  monotonic(): number;
  /**
   * Runs `action` once after `delayMs`, and returns a function that cancels it.
   *
   * A `background` timer does not keep the process alive. Delays above 2^31 − 1 ms work too; `setTimeout` would fire at
   * once.
   */
  schedule(delayMs: number, action: () => void, options?: ScheduleOptions): Cancel;
}

export interface ScheduleOptions {
  readonly background?: boolean;
}

/** Cancels a scheduled action. Does nothing when it has already run. */
export type Cancel = () => void;

/** The longest delay that `setTimeout` accepts; a longer one fires after 1 ms. */
const maxTimerMs = 2 ** 31 - 1;

/** The machine's clocks and timers. Looked up at each use, so that fake timers in tests work. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, action, options) {
    const isBackground = options?.background === true;
    return delayMs > maxTimerMs
      ? scheduleLong(delayMs, action, isBackground)
      : scheduleOnce(delayMs, action, isBackground);
  },
};

function scheduleOnce(delayMs: number, action: () => void, isBackground: boolean): Cancel {
  const timer = setTimeout(action, Math.max(0, delayMs));
  if (isBackground) timer.unref();
  return () => clearTimeout(timer);
}

/** In steps that `setTimeout` accepts. */
function scheduleLong(delayMs: number, action: () => void, isBackground: boolean): Cancel {
  let cancel: Cancel;
  const arm = (leftMs: number): void => {
    const stepMs = Math.min(leftMs, maxTimerMs);
    cancel = scheduleOnce(stepMs, () => (leftMs > stepMs ? arm(leftMs - stepMs) : action()), isBackground);
  };
  arm(delayMs);
  return () => cancel();
}

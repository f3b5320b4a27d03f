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

/**
 * The machine's own clocks and timers, looked up at each use so that a test's fake timers are seen too.
 *
 * A timer that is due lets sockets go first: after the event loop was blocked, a response may have arrived in time that
 * no code has seen yet.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, action, options) {
    const isBackground = options?.background === true;
    if (delayMs > maxTimerMs) return scheduleLong(delayMs, action, isBackground);
    let cancelTurn: Cancel | undefined;
    const timer = setTimeout(
      () => {
        cancelTurn = afterSockets(action);
      },
      Math.max(0, delayMs),
    );
    if (isBackground) unref(timer);
    return () => {
      clearTimeout(timer);
      cancelTurn?.();
    };
  },
};

/** In steps that `setTimeout` accepts. */
function scheduleLong(delayMs: number, action: () => void, isBackground: boolean): Cancel {
  let cancel: Cancel;
  const arm = (leftMs: number): void => {
    if (leftMs <= maxTimerMs) {
      cancel = systemClock.schedule(leftMs, action, { background: isBackground });
      return;
    }
    const timer = setTimeout(() => arm(leftMs - maxTimerMs), maxTimerMs);
    if (isBackground) unref(timer);
    cancel = () => clearTimeout(timer);
  };
  arm(delayMs);
  return () => cancel();
}

/** The machine's own also under fake timers: a test that moves its time does not have to count turns. */
const { setImmediate: nextTurn, clearImmediate: cancelNextTurn }: Partial<typeof globalThis> = globalThis;

/** Runs `act` after the sockets had one turn: timers run before them. */
function afterSockets(act: () => void): Cancel {
  if (nextTurn !== undefined && cancelNextTurn !== undefined) {
    const immediate = nextTurn(act);
    return () => cancelNextTurn(immediate);
  }
  const timer = setTimeout(act, 0);
  return () => clearTimeout(timer);
}

/** Where `setTimeout` returns a number, as in browsers, a timer keeps no process alive. */
function unref(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
    timer.unref();
}

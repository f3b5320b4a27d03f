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

/**
 * The machine's own clocks and timers, looked up at each use so that a test's fake timers are seen too.
 *
 * A timer that is due lets sockets go first: after the event loop was blocked, a response may have arrived in time that
 * no code has seen yet.
 */
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
  let cancelTurn: Cancel | undefined;
  const timer = setTimeout(
    () => {
      cancelTurn = afterSockets(act);
    },
    Math.max(0, delayMs),
  );
  if (isBackground) unref(timer);
  return () => {
    clearTimeout(timer);
    cancelTurn?.();
  };
}

/** In steps of what `setTimeout` takes. */
function scheduleLong(delayMs: number, act: () => void, isBackground: boolean): Cancel {
  let cancel: Cancel;
  const arm = (leftMs: number): void => {
    if (leftMs <= longestTimerMs) {
      cancel = scheduleOnce(leftMs, act, isBackground);
      return;
    }
    const timer = setTimeout(() => arm(leftMs - longestTimerMs), longestTimerMs);
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

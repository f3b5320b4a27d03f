/** When a circuit opens, and for how long. */
export interface CircuitRules {
  /** The part of the calls in the window that must have failed, above 0 and up to 1. */
  readonly failureRatio: number;
  /** With fewer calls than this in the window, failures mean nothing yet. */
  readonly minimumCalls: number;
  readonly windowMs: number;
  readonly openMs: number;
}

/** `closed`: calls go through. `open`: none does. `half-open`: one does, as a probe. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** What a call says of its server. `neutral`: nothing. */
export type Verdict = 'success' | 'failure' | 'neutral';

/** Whether the calls to one origin go through. */
export interface Circuit {
  readonly state: CircuitState;
  /** Milliseconds until a call may go through as a probe; 0 when one may now, or when the circuit is closed. */
  readonly waitMs: number;
  /** Lets a call through with a number to come back with, or gives none: then it must not be sent. */
  permit(): number | undefined;
  /** Hears how a call went that was let through. */
  record(pass: number, verdict: Verdict): void;
}

/**
 * The states of one circuit. It asks for nothing but the time, and does nothing by itself.
 *
 * Only a failure opens it: a success that is the last of `minimumCalls` does not. What comes of a call that was let
 * through in a state that is over counts for nothing. A probe that is silent for `openMs` keeps nobody out any longer:
 * the next call is a probe as well, and the first of them that has an answer decides.
 *
 * @param now - monotonic time in milliseconds
 */
export function createCircuit({ openMs, ...rules }: CircuitRules, now: () => number): Circuit {
  const window = createRollingWindow(rules);
  let state: CircuitState = 'closed';
  let nextProbeAt = 0;
  let lastPass = 0;
  /** What was let through with a smaller number went in another state. */
  let firstPass = 0;

  function become(next: CircuitState): void {
    state = next;
    lastPass += 1;
    firstPass = lastPass;
    if (next === 'closed') window.empty();
    else nextProbeAt = now() + openMs;
  }

  return {
    get state() {
      return state;
    },
    get waitMs() {
      return state === 'closed' ? 0 : Math.max(0, nextProbeAt - now());
    },
    permit() {
      if (state === 'closed') return lastPass;
      if (now() < nextProbeAt) return undefined;
      if (state === 'open') become('half-open');
      else {
        lastPass += 1;
        nextProbeAt = now() + openMs;
      }
      return lastPass;
    },
    record(pass, verdict) {
      if (pass < firstPass) return;
      if (state === 'closed') {
        if (verdict !== 'neutral') window.count(verdict, now());
        if (verdict === 'failure' && window.isBad()) become('open');
      } else if (verdict !== 'neutral') become(verdict === 'success' ? 'closed' : 'open');
      else if (pass === lastPass) nextProbeAt = now(); // an older one has been overtaken by a probe that goes on
    },
  };
}

/** How many parts of the window are counted, and forgotten, as one. */
const bucketCount = 10;

/** The calls of the last while. */
interface RollingWindow {
  count(verdict: 'success' | 'failure', nowMs: number): void;
  /** Whether, at the last count, there were enough calls and too many failures among them. */
  isBad(): boolean;
  empty(): void;
}

interface Bucket {
  /** Which bucket it is, since time began. */
  readonly turn: number;
  calls: number;
  failures: number;
}

function createRollingWindow({ failureRatio, minimumCalls, windowMs }: Omit<CircuitRules, 'openMs'>): RollingWindow {
  let buckets: readonly Bucket[] = [];
  return {
    count(verdict, nowMs) {
      const turn = Math.floor((nowMs * bucketCount) / windowMs);
      let bucket = buckets.at(-1);
      if (bucket?.turn !== turn) {
        bucket = { turn, calls: 0, failures: 0 };
        buckets = [...buckets.filter((each) => each.turn > turn - bucketCount), bucket];
      }
      bucket.calls += 1;
      if (verdict === 'failure') bucket.failures += 1;
    },
    isBad() {
      let calls = 0;
      let failures = 0;
      for (const bucket of buckets) {
        calls += bucket.calls;
        failures += bucket.failures;
      }
      return calls >= minimumCalls && failures / calls >= failureRatio;
    },
    empty() {
      buckets = [];
    },
  };
}

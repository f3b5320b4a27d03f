/** When a circuit opens and for how long. */
export interface CircuitRules {
  /** The share of failed calls in the window that opens the circuit, above 0 and up to 1. */
  readonly failureRatio: number;
  /** The smallest number of calls in the window that can open the circuit. */
  readonly minimumCalls: number;
  readonly windowMs: number;
  readonly openMs: number;
}

/** `closed`: all calls are sent. `open`: no call is sent. `half-open`: one call is sent, as a probe. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** What the outcome of a call tells about the server. `neutral`: nothing. */
export type Verdict = 'success' | 'failure' | 'neutral';

/** Decides whether calls to one origin are sent. */
export interface Circuit {
  readonly state: CircuitState;
  /** Milliseconds until the next call is sent as a probe; 0 when it is sent now, and when the circuit is closed. */
  readonly waitMs: number;
  /** A number that {@link record} takes; `undefined` when the call must not be sent. */
  permit(): number | undefined;
  /** Records the outcome of a call with this permit. */
  record(permit: number, verdict: Verdict): void;
}

/**
 * The state machine of one circuit. It has no timers: it reads the clock when it is used.
 *
 * Only a failure opens it: a success that completes `minimumCalls` does not. Outcomes of calls from an earlier state do
 * not count. When a probe has no outcome after `openMs`, the next call becomes a probe as well; the first outcome of
 * them decides.
 *
 * @param now - monotonic time in milliseconds
 */
export function createCircuit({ openMs, ...rules }: CircuitRules, now: () => number): Circuit {
  const window = createRollingWindow(rules);
  let state: CircuitState = 'closed';
  let nextProbeAt = 0;
  let lastPermit = 0;
  /** A smaller permit is from an earlier state. */
  let firstPermit = 0;

  function become(next: CircuitState): void {
    state = next;
    lastPermit += 1;
    firstPermit = lastPermit;
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
      if (state === 'closed') return lastPermit;
      if (now() < nextProbeAt) return undefined;
      if (state === 'open') become('half-open');
      else {
        lastPermit += 1;
        nextProbeAt = now() + openMs;
      }
      return lastPermit;
    },
    record(permit, verdict) {
      if (permit < firstPermit) return;
      if (state === 'closed') {
        if (verdict !== 'neutral') window.count(verdict, now());
        if (verdict === 'failure' && window.isBad()) become('open');
      } else if (verdict !== 'neutral') become(verdict === 'success' ? 'closed' : 'open');
      else if (permit === lastPermit) nextProbeAt = now(); // after an older probe, a newer one is still in progress
    },
  };
}

/** The window consists of this many buckets; each is dropped as a whole. */
const bucketCount = 10;

/** The calls within the window. */
interface RollingWindow {
  count(verdict: 'success' | 'failure', nowMs: number): void;
  /** True when, at the last count, there were enough calls and too many failures among them. */
  isBad(): boolean;
  empty(): void;
}

interface Bucket {
  /** The number of the bucket, counted from time 0. */
  readonly index: number;
  calls: number;
  failures: number;
}

function createRollingWindow({ failureRatio, minimumCalls, windowMs }: Omit<CircuitRules, 'openMs'>): RollingWindow {
  let buckets: readonly Bucket[] = [];
  return {
    count(verdict, nowMs) {
      const index = Math.floor((nowMs * bucketCount) / windowMs);
      let bucket = buckets.at(-1);
      if (bucket?.index !== index) {
        bucket = { index, calls: 0, failures: 0 };
        buckets = [...buckets.filter((each) => each.index > index - bucketCount), bucket];
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

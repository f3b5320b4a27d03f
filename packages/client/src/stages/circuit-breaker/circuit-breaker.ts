import type { Call } from '../../core/call.ts';
import type { ClientRequest } from '../../core/request.ts';
import { createCircuit } from './circuit.ts';
import type { CircuitRules, CircuitState, Verdict } from './circuit.ts';
import type { Clock } from '../../time/clock.ts';
import { CircuitOpenError, isBearingsError, isClientError } from '../../errors/index.ts';
import { layer } from '../../core/layer.ts';
import type { Layer } from '../../core/layer.ts';
import { checkOptions } from '../../core/check-options.ts';
import type { OptionRules } from '../../core/check-options.ts';
import { countRule, functionRule } from '../../core/option-rules.ts';
import type { OptionRule } from '../../core/option-rules.ts';
import { parseOrigin } from '../../security/url.ts';
import type { Stage } from '../../core/stage.ts';

/** When a client stops calling an origin that fails, and for how long. */
export interface CircuitBreakerOptions {
  /**
   * The part of the calls in the window that must have failed, above 0 and up to 1. Default: 0.5, so that one bad
   * instance of three is left to the retries.
   */
  readonly failureRatio?: number;
  /** How many calls the window must hold to be judged. Default: 20, so that a handful of failures decides nothing. */
  readonly minimumCalls?: number;
  /**
   * For how many milliseconds a call counts, or up to a tenth less. Default: 10 000, so that a busy origin is judged
   * within seconds, and by what it does now.
   */
  readonly windowMs?: number;
  /**
   * For how many milliseconds nothing is sent, and how long a probe may be silent before another one goes. Default:
   * 5 000: a server that restarts is left alone meanwhile, and found soon after.
   */
  readonly openMs?: number;
  /**
   * Whether this is a failure of the server; `undefined` for the default. `false` makes a response a success, and an
   * error say nothing. It must not read the body. What it throws harms nobody: the default holds.
   */
  readonly isFailure?: (outcome: AttemptOutcome) => boolean | undefined;
  /** Told when the circuit of an origin changes. What it throws, or rejects with, harms nobody. */
  readonly onStateChange?: (change: CircuitChange) => unknown;
}

/** What came of an attempt. */
export type AttemptOutcome = { readonly response: Response } | { readonly error: unknown };

/** What became of the circuit of an origin. Instants are milliseconds since the epoch. */
export interface CircuitChange {
  readonly origin: string;
  readonly state: CircuitState;
  readonly at: number;
  /** When a call may go through as a probe. There when the circuit has opened. */
  readonly retryAt?: number;
}

/**
 * Stops calling an origin for a while when too many calls to it fail, so that callers need not wait for one timeout
 * after another.
 *
 * What is counted is attempts, up to their response heads. Failures: no answer (`TRANSPORT`, `TLS`, `ATTEMPT_TIMEOUT`,
 * or `DEADLINE_EXCEEDED` while waiting for the answer), and 500, 502, 503, 504. Every other response shows a server that
 * is alive. Whatever else ends an attempt (the caller, a token that is not to be had, a redirect that is blocked) says
 * nothing. While a circuit is open, calls fail at once. Then one goes through as a probe, for which nobody waits, and
 * its answer closes the circuit or opens it again.
 *
 * Each client has its own circuits, for at most 1 000 origins: of the closed ones, the least recently used is
 * forgotten.
 *
 * @throws ConfigError when an option is wrong
 * @throws CircuitOpenError from a call to an origin whose circuit is open; nothing was sent
 */
export function withCircuitBreaker(options: CircuitBreakerOptions = {}): Layer {
  const rules = resolveRules(options);
  return layer('circuitBreaker', { name: 'circuit-breaker', settings: { ...rules } }, breaker(rules, options));
}

function resolveRules(options: CircuitBreakerOptions): CircuitRules {
  checkOptions(options, breakerRules, { owner: 'withCircuitBreaker' });
  const { failureRatio = 0.5, minimumCalls = 20, windowMs = 10_000, openMs = 5_000 } = options;
  return { failureRatio, minimumCalls, windowMs, openMs };
}

/** Longer is a mistake of units, and soon beyond what a Date can say. */
const longestMs = 86_400_000;

const durationRule: OptionRule = {
  test: (value) => typeof value === 'number' && value > 0 && value <= longestMs,
  expected: 'milliseconds above 0, a day at most',
};
const breakerRules: OptionRules<CircuitBreakerOptions> = {
  failureRatio: {
    test: (value) => typeof value === 'number' && value > 0 && value <= 1,
    expected: 'a number above 0 and up to 1',
  },
  minimumCalls: countRule,
  windowMs: durationRule,
  openMs: durationRule,
  isFailure: functionRule,
  onStateChange: functionRule,
};

function breaker(rules: CircuitRules, { isFailure, onStateChange = () => {} }: CircuitBreakerOptions): Stage {
  return (next, { clock }) => {
    const gateTo = byOrigin((origin) => originCircuit(origin, rules, { clock, onStateChange }));
    return async (request, call) => {
      const origin = gateTo(request.url);
      const pass = origin.permit();
      if (pass === undefined) throw origin.openError(call);
      let response: Response;
      try {
        response = await next(request, call);
      } catch (error) {
        origin.record(pass, verdictOnError(error, { request, call }, isFailure), error);
        throw error;
      }
      origin.record(pass, verdictOnResponse(response, isFailure));
      return response;
    };
  };
}

type IsFailure = CircuitBreakerOptions['isFailure'];

interface Attempt {
  readonly request: ClientRequest;
  readonly call: Call;
}

const failureStatuses = [500, 502, 503, 504];

function verdictOnResponse(response: Response, isFailure: IsFailure): Verdict {
  const asked = isFailure && askIsFailure(isFailure, { response });
  return (asked ?? failureStatuses.includes(response.status)) ? 'failure' : 'success';
}

function verdictOnError(error: unknown, attempt: Attempt, isFailure: IsFailure): Verdict {
  const asked = isFailure && askIsFailure(isFailure, { error });
  return (asked ?? isNoAnswer(error, attempt)) ? 'failure' : 'neutral';
}

function askIsFailure(isFailure: NonNullable<IsFailure>, outcome: AttemptOutcome): boolean | undefined {
  try {
    const answer: unknown = isFailure(outcome);
    return typeof answer === 'boolean' ? answer : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether the server was asked and gave no answer.
 *
 * A deadline that ends the wait for an answer counts: where it is shorter than the timeout of an attempt, a server that
 * hangs shows itself in no other way. An error may also come from elsewhere: callers call off one call with the failure
 * of another, and a layer may make calls of its own, to another origin.
 */
function isNoAnswer(error: unknown, { request, call }: Attempt): boolean {
  const isOfAttempt =
    isClientError(error, 'TRANSPORT') || isClientError(error, 'TLS') || isClientError(error, 'ATTEMPT_TIMEOUT');
  if (isOfAttempt) return error !== call.signal.reason && error.origin === parseOrigin(request.url);
  return (
    isClientError(error, 'DEADLINE_EXCEEDED') && error.phase === 'attempt' && error.origin === parseOrigin(request.url)
  );
}

/** The circuit of one origin, for the stage. */
interface OriginCircuit {
  readonly origin: string;
  /** How every URL of the origin begins. */
  readonly address: string;
  isClosed(): boolean;
  permit(): number | undefined;
  record(pass: number, verdict: Verdict, error?: unknown): void;
  /** Why a call is not let through. */
  openError(call: Call): CircuitOpenError;
  /** It is not used any longer, so nobody is told of what becomes of it. */
  dispose(): void;
}

type CircuitContext = { readonly clock: Clock } & Required<Pick<CircuitBreakerOptions, 'onStateChange'>>;

function originCircuit(origin: string, rules: CircuitRules, { clock, onStateChange }: CircuitContext): OriginCircuit {
  const line = createCircuit(rules, () => clock.monotonic());
  let isRetired = false;
  /** What opened the circuit. Never a response, which would stay in memory with its body. */
  let failure: unknown;

  const probeAt = (): number => Math.ceil(clock.now() + line.waitMs);

  function announce(state: CircuitState): void {
    if (isRetired) return;
    const change = { origin, state, at: clock.now(), ...(state === 'open' && { retryAt: probeAt() }) };
    void notify(onStateChange, Object.freeze(change)); // never rejects
  }

  return {
    origin,
    address: `${origin}/`,
    isClosed: () => line.state === 'closed',
    permit() {
      const before = line.state;
      const pass = line.permit();
      if (line.state !== before) announce(line.state);
      return pass;
    },
    record(pass, verdict, error) {
      const before = line.state;
      line.record(pass, verdict);
      if (line.state === before) return;
      failure = line.state === 'open' && isBearingsError(error) ? error : undefined;
      announce(line.state);
    },
    openError: ({ lastFailure }) => new CircuitOpenError(origin, probeAt(), lastFailure ?? failure),
    dispose() {
      if (line.state !== 'closed') announce('closed');
      isRetired = true;
    },
  };
}

async function notify(onStateChange: CircuitContext['onStateChange'], change: CircuitChange): Promise<void> {
  try {
    await onStateChange(change);
  } catch {
    // the listener's own affair: calls go on
  }
}

const maxOrigins = 1_000;

/** Finds the gate to the origin of a URL, or makes one. As long as it is the one of the last call, nothing is parsed. */
function byOrigin(make: (origin: string) => OriginCircuit): (url: string) => OriginCircuit {
  const gates = new Map<string, OriginCircuit>(); // the least recently used first
  let latest: OriginCircuit | undefined;
  return (url) => {
    if (latest !== undefined && url.startsWith(latest.address)) return latest;
    const origin = parseOrigin(url);
    const found = gates.get(origin) ?? make(origin);
    latest = found;
    gates.delete(origin);
    const gone = gates.size < maxOrigins ? undefined : findEvictable(gates);
    if (gone !== undefined) gates.delete(gone.origin);
    gates.set(origin, found);
    gone?.dispose();
    return found;
  };
}

/** The least recently used whose circuit is closed: forgetting one that is open would send calls to a dead server. */
function findEvictable(gates: ReadonlyMap<string, OriginCircuit>): OriginCircuit | undefined {
  for (const each of gates.values()) if (each.isClosed()) return each;
  const [oldest] = gates.values();
  return oldest;
}

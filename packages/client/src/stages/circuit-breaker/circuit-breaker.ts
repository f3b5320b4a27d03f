import type { Call } from '../../core/call.ts';
import type { ClientRequest } from '../../core/request.ts';
import type { CircuitRules, Verdict } from './circuit.ts';
import { createOriginCircuits } from './origin-circuits.ts';
import type { CircuitChange } from './origin-circuits.ts';
import { isBearingsError } from '../../errors/index.ts';
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
   * The share of failed calls in the window that opens the circuit, above 0 and up to 1. Default: 0.5, so that retries
   * can handle one bad instance of three.
   */
  readonly failureRatio?: number;
  /** The smallest number of calls in the window that can open the circuit. Default: 20. */
  readonly minimumCalls?: number;
  /**
   * How long a call counts, in milliseconds, or up to a tenth less. Default: 10 000, so that a busy origin is judged
   * within seconds, by its recent calls.
   */
  readonly windowMs?: number;
  /**
   * How long the circuit stays open, in milliseconds, and how long to wait for a probe before sending another one.
   * Default: 5 000, about the time a server takes to restart.
   */
  readonly openMs?: number;
  /**
   * Decides whether an outcome is a failure of the server; `undefined` for the default rule. `false` counts a response as
   * a success and ignores an error. It must not read the body. When it throws, the default rule applies.
   */
  readonly isFailure?: (outcome: AttemptOutcome) => boolean | undefined;
  /** Called on every state change of a circuit. Errors it throws or rejects with are ignored. Default: none. */
  readonly onStateChange?: (change: CircuitChange) => unknown;
}

/** How an attempt ended. */
export type AttemptOutcome = { readonly response: Response } | { readonly error: unknown };

/**
 * Stops calling an origin for a while when too many calls to it fail, so that callers do not wait for one timeout after
 * another.
 *
 * It counts attempts until their response headers arrive. Failures are missing responses (`TRANSPORT`, `TLS`,
 * `ATTEMPT_TIMEOUT`, or `DEADLINE_EXCEEDED` during the attempt) and the statuses 500, 502, 503 and 504. Any other response
 * is a success. An attempt that ends for another reason (the caller's abort, a missing token, a blocked redirect) does not
 * count. While a circuit is open, calls fail at once. After `openMs`, one call is sent as a probe while the others still
 * fail at once. Its outcome closes the circuit or opens it again.
 *
 * Each client has circuits of its own, for at most 1 000 origins. Beyond that, the least recently used closed circuit is
 * removed.
 *
 * @throws ConfigError when an option is wrong
 * @throws CircuitOpenError from a call to an origin whose circuit is open; nothing was sent
 */
export function withCircuitBreaker(options: CircuitBreakerOptions = {}): Layer {
  const rules = resolveRules(options);
  return layer('circuitBreaker', { name: 'circuit-breaker', settings: { ...rules } }, createStage(rules, options));
}

function resolveRules(options: CircuitBreakerOptions): CircuitRules {
  checkOptions(options, breakerRules, { owner: 'withCircuitBreaker' });
  const { failureRatio = 0.5, minimumCalls = 20, windowMs = 10_000, openMs = 5_000 } = options;
  return { failureRatio, minimumCalls, windowMs, openMs };
}

/** A longer time is a mistake of units, and soon beyond what a Date can hold. */
const maxMs = 86_400_000;

const durationRule: OptionRule = {
  test: (value) => typeof value === 'number' && value > 0 && value <= maxMs,
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

function createStage(rules: CircuitRules, { isFailure, onStateChange = () => {} }: CircuitBreakerOptions): Stage {
  return (next, { clock, addStatus }) => {
    const circuits = createOriginCircuits(rules, { clock, onStateChange });
    addStatus?.(() => ({ circuits: circuits.statuses() }));
    return async (request, call) => {
      const circuit = circuits.find(request.url);
      const permit = circuit.permit();
      if (permit === undefined) throw circuit.openError(request, call);
      let response: Response;
      try {
        response = await next(request, call);
      } catch (error) {
        circuit.record(permit, judgeError(error, { request, call }, isFailure), error);
        throw error;
      }
      circuit.record(permit, judgeResponse(response, isFailure));
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

function judgeResponse(response: Response, isFailure: IsFailure): Verdict {
  const decision = isFailure && askIsFailure(isFailure, { response });
  return (decision ?? failureStatuses.includes(response.status)) ? 'failure' : 'success';
}

function judgeError(error: unknown, attempt: Attempt, isFailure: IsFailure): Verdict {
  const decision = isFailure && askIsFailure(isFailure, { error });
  return (decision ?? isServerFailure(error, attempt)) ? 'failure' : 'neutral';
}

function askIsFailure(isFailure: NonNullable<IsFailure>, outcome: AttemptOutcome): boolean | undefined {
  try {
    const decision: unknown = isFailure(outcome);
    return typeof decision === 'boolean' ? decision : undefined;
  } catch {
    return undefined;
  }
}

/**
 * True when the server got the request and did not respond.
 *
 * A deadline that ends the attempt counts: when it is shorter than the attempt's timeout, it is the only sign of a server
 * that hangs. An error of another origin does not count: a caller may abort a call with the error of another call, and a
 * layer may make calls of its own.
 */
function isServerFailure(error: unknown, { request, call }: Attempt): boolean {
  const isOfAttempt =
    isBearingsError(error, 'TRANSPORT') || isBearingsError(error, 'TLS') || isBearingsError(error, 'ATTEMPT_TIMEOUT');
  if (isOfAttempt) return error !== call.signal.reason && error.origin === parseOrigin(request.url);
  return (
    isBearingsError(error, 'DEADLINE_EXCEEDED') &&
    error.phase === 'attempt' &&
    error.origin === parseOrigin(request.url)
  );
}

import { cancelQuietly, discard } from '../../body/discard.ts';
import type { Call } from '../../core/call.ts';
import type { ClientRequest } from '../../core/request.ts';
import type { ClientContext, Send, Stage } from '../../core/stage.ts';
import { notifyListener } from '../../core/notify-listener.ts';
import { assertOption, headerValueRule } from '../../core/option-rules.ts';
import { isBearingsError } from '../../errors/index.ts';
import { createStatusError } from '../../core/status-error.ts';
import { explainNotRetried } from '../../errors/not-retried.ts';
import type { NotRetried } from '../../errors/not-retried.ts';
import { parseOrigin } from '../../security/url.ts';
import { wait } from '../../time/until-aborted.ts';
import { createRetryBudget } from './retry-budget.ts';
import type { RetryBudget } from './retry-budget.ts';
import { retryDelay } from './retry-delay.ts';
import { resolveRetryPolicy } from './retry-policy.ts';
import type { RetryEvent, RetryPolicy, RetryTrigger } from './retry-policy.ts';
import { isIdempotentMethod, findProcessed, isTransient, isSafeToRepeat, classifyOutcome } from './should-retry.ts';
import type { Outcome } from './should-retry.ts';

/**
 * Retries what may succeed the next time, as `shouldRetry` decides.
 *
 * When the wait would not end before the call's deadline, the server asks for a longer wait than the policy allows, or the
 * client's retry budget is used up, there is no retry: the caller gets the outcome at once.
 */
export function retry(defaults: RetryPolicy): Stage {
  return (next, client) => {
    const budget = defaults.budget === false ? unlimited : createRetryBudget(defaults.budget, client.clock);
    let retries = 0;
    client.addStatus?.(() => ({ retries }));
    /** A function of its own, because almost all first attempts succeed. */
    async function retryAfterFailure(failed: Outcome, context: RetryContext): Promise<Response> {
      const { request, call, policy } = context;
      for (let outcome = failed; ; outcome = await attempt(next, request, call)) {
        if ('response' in outcome && outcome.response.ok) return outcome.response;
        if (!(await isWorthRetrying(outcome, context))) return unwrap(outcome);
        const delayMs = retryDelay(policy, outcome, { retry: call.attempt, client });
        if (delayMs === undefined) return giveUp(outcome, context, 'retryAfter');
        if (delayMs >= call.remainingMs()) return giveUp(outcome, context, 'deadline');
        const isFree = policy.budget === false || isPacedByServer(outcome, policy);
        if (!isFree && !budget.tryTake()) return giveUp(outcome, context, 'budget');
        reportRetry(outcome, context, delayMs);
        recordFailure(outcome, context, client);
        await call.backOff(() => wait(delayMs, call.signal, client.clock));
        call.startNextAttempt();
        retries += 1;
        if (policy.attemptHeader) call.headers.set('x-retry-attempt', String(call.attempt - 1));
      }
    }

    return async (request, call) => {
      const policy = resolveRetryPolicy(defaults, call.options.retry);
      budget.countCall();
      call.takeFromBudget = budget.tryTake;
      if (policy.generateIdempotencyKey !== false) addIdempotencyKey(policy, request, call);
      let response: Response;
      try {
        response = await next(request, call);
      } catch (error) {
        return retryAfterFailure({ error }, { request, call, policy });
      }
      if (!response.ok) return retryAfterFailure({ response }, { request, call, policy });
      return response;
    };
  };
}

const unlimited: RetryBudget = { tryTake: () => true, countCall: () => {} };

/** True for a 429 whose `Retry-After` is followed: the server sets the pace, so the retry adds nothing to an outage. */
const isPacedByServer = (outcome: Outcome, policy: RetryPolicy): boolean =>
  'response' in outcome &&
  outcome.response.status === 429 &&
  policy.afterStatusCodes.includes(429) &&
  outcome.response.headers.has('retry-after');

/** Ends the call with its last outcome, and records why there is no further retry. */
function giveUp(outcome: Outcome, { call }: RetryContext, reason: NotRetried): Response {
  recordNotRetried(outcome, call, reason);
  return unwrap(outcome);
}

/** Adds a key by which the server recognizes the request to one whose method may not be sent twice without. */
function addIdempotencyKey(policy: RetryPolicy, request: ClientRequest, call: Call): void {
  const { idempotencyHeader: header, generateIdempotencyKey: generate } = policy;
  if (header === false || request.hasHeader(header) || isIdempotentMethod(request.method, policy)) return;
  const key: unknown = typeof generate === 'function' ? generate() : crypto.randomUUID();
  assertOption('retry.generateIdempotencyKey', key, {
    ...headerValueRule,
    expected: 'a function that returns a header value',
  });
  call.headers.set(header, String(key));
}

async function attempt(next: Send, request: ClientRequest, call: Call): Promise<Outcome> {
  try {
    return { response: await next(request, call) };
  } catch (error) {
    return { error };
  }
}

function unwrap(outcome: Outcome): Response {
  if ('response' in outcome) return outcome.response;
  throw outcome.error;
}

interface RetryContext {
  readonly request: ClientRequest;
  readonly call: Call;
  readonly policy: RetryPolicy;
}

/** Whether to retry. When only this call's own circumstances forbid it, records which. */
async function isWorthRetrying(outcome: Outcome, context: RetryContext): Promise<boolean> {
  const { call, policy } = context;
  const trigger = classifyOutcome(outcome);
  if (call.isCancelled || !call.mayBackOff) return false;
  const obstacle = findObstacle(outcome, trigger, context);
  if (obstacle !== undefined) {
    if (isTransient(trigger, policy)) recordNotRetried(outcome, call, obstacle);
    return false;
  }
  const decision = await call.race(askShouldRetry(outcome, context));
  return typeof decision === 'boolean' ? decision : isTransient(trigger, policy);
}

function findObstacle(
  outcome: Outcome,
  trigger: RetryTrigger | 'other',
  { request, call, policy }: RetryContext,
): NotRetried | undefined {
  if (!request.canReplay) return 'body';
  const { idempotencyHeader: header } = policy;
  const hasIdempotencyKey = header !== false && (request.hasHeader(header) || call.headers.has(header));
  const subject = { method: request.method, hasIdempotencyKey, wasProcessed: findProcessed(outcome, request.method) };
  if (!isSafeToRepeat(trigger, subject, policy)) return 'method';
  return call.attempt > policy.limit ? 'limit' : undefined;
}

/** Records on the call, and on its error, why there is no further retry. */
function recordNotRetried(outcome: Outcome, call: Call, reason: NotRetried): void {
  call.notRetried = reason;
  if ('error' in outcome && isBearingsError(outcome.error) && outcome.error.source === 'client')
    explainNotRetried(outcome.error, reason, call.attempt);
}

/** Calls ky's `shouldRetry`. It gets an error, also for a response, and may read a clone of the response. */
async function askShouldRetry(outcome: Outcome, { request, call, policy }: RetryContext): Promise<boolean | void> {
  if (policy.shouldRetry === undefined) return undefined;
  const retryCount = call.attempt;
  if ('error' in outcome) {
    const error = outcome.error instanceof Error ? outcome.error : new Error(String(outcome.error));
    return policy.shouldRetry({ error, retryCount });
  }
  const response = outcome.response.clone();
  try {
    const error = createStatusError({ call, request, response, options: { retry: policy } });
    return await policy.shouldRetry({ error, retryCount });
  } finally {
    if (response.body?.locked === false) void cancelQuietly(response.body); // else it would be kept for a reader
  }
}

function reportRetry(outcome: Outcome, { request, call, policy }: RetryContext, delayMs: number): void {
  if (policy.onRetry === undefined) return;
  const { method, url } = request;
  const event: RetryEvent = {
    retry: call.attempt,
    trigger: classifyOutcome(outcome),
    delayMs,
    method,
    origin: parseOrigin(url),
    ...('error' in outcome && { error: outcome.error }),
  };
  void notifyListener(policy.onRetry, event); // never rejects
}

/** Keeps the reason for the error of a deadline, and discards the response. */
function recordFailure(outcome: Outcome, { request, call }: RetryContext, { clock }: ClientContext): void {
  call.phase = 'backoff';
  if ('error' in outcome) {
    call.lastFailure = outcome.error;
    return;
  }
  call.lastFailure = new Error(`${parseOrigin(request.url)} answered ${outcome.response.status}`);
  void discard(outcome.response, clock); // never rejects
}

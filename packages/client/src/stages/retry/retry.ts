import { HTTPError } from 'ky';
import { cancelQuietly, discard } from '../../body/discard.ts';
import type { Call } from '../../core/call.ts';
import { withFacts } from '../../errors/http-status-error.ts';
import { parseOrigin } from '../../security/url.ts';
import { retryBudget } from './retry-budget.ts';
import type { RetryBudget } from './retry-budget.ts';
import { delayBefore } from './retry-delay.ts';
import { retryPolicy } from './retry-policy.ts';
import type { RetryEvent, RetryPolicy } from './retry-policy.ts';
import { isListed, isRetried, mayRepeat, triggerOf, wasProcessed } from './should-retry.ts';
import type { Outcome } from './should-retry.ts';
import type { ClientContext, Send, Stage } from '../../core/stage.ts';
import { wait } from '../../time/until-aborted.ts';

/**
 * Tries again what may well succeed the next time, as `shouldRetry` says.
 *
 * A wait that would not end before the call's deadline is not begun, nor a retry that the client's budget has none left
 * for: the caller gets what there is, at once.
 */
export function retry(defaults: RetryPolicy): Stage {
  const budget = defaults.budget === false ? unlimited : retryBudget(defaults.budget ?? {});
  return (next, client) => {
    /** Kept apart, because almost all attempts go well. */
    async function again(failed: Outcome, subject: Subject): Promise<Response> {
      const { request, call, policy } = subject;
      for (let outcome = failed; ; outcome = await attempt(next, request, call)) {
        if ('response' in outcome && outcome.response.ok) {
          budget.earn();
          return outcome.response;
        }
        if (!(await isWorthRetrying(outcome, subject))) return settle(outcome);
        const delayMs = delayBefore(policy, outcome, { retry: call.attempt, client });
        if (delayMs >= call.remainingMs()) return settle(outcome);
        if (policy.budget !== false && !budget.take()) return settle(outcome);
        tell(outcome, subject, delayMs);
        giveUp(outcome, request, { call, client });
        await call.backOff(() => wait(delayMs, call.signal, client.clock));
        call.startNextAttempt();
        if (policy.attemptHeader) call.setHeader('x-retry-attempt', String(call.attempt - 1));
      }
    }

    return async (request, call) => {
      const policy = retryPolicy(defaults, call.options.retry);
      if (policy.generateIdempotencyKey !== false) giveKey(policy, request, call);
      let response: Response;
      try {
        response = await next(request, call);
      } catch (error) {
        return again({ error }, { request, call, policy });
      }
      if (!response.ok) return again({ response }, { request, call, policy });
      budget.earn();
      return response;
    };
  };
}

const unlimited: RetryBudget = { take: () => true, earn: () => {} };

/** Gives a request whose method is not one to send twice a key by which the server knows it again. */
function giveKey(policy: RetryPolicy, request: Request, call: Call): void {
  const { idempotencyHeader: header, generateIdempotencyKey: generate } = policy;
  if (header === false || request.headers.has(header) || isListed(request.method, policy)) return;
  call.setHeader(header, typeof generate === 'function' ? generate() : crypto.randomUUID());
}

async function attempt(next: Send, request: Request, call: Call): Promise<Outcome> {
  try {
    return { response: await next(request, call) };
  } catch (error) {
    return { error };
  }
}

function settle(outcome: Outcome): Response {
  if ('response' in outcome) return outcome.response;
  throw outcome.error;
}

interface Subject {
  readonly request: Request;
  readonly call: Call;
  readonly policy: RetryPolicy;
}

async function isWorthRetrying(outcome: Outcome, { request, call, policy }: Subject): Promise<boolean> {
  if (call.isCancelled || call.attempt > policy.limit || call.isBodyGone(request)) return false;
  const { idempotencyHeader: header } = policy;
  const hasIdempotencyKey = header !== false && (request.headers.has(header) || call.hasHeader(header));
  const subject = { method: request.method, hasIdempotencyKey, wasProcessed: wasProcessed(outcome) };
  const trigger = triggerOf(outcome);
  if (!mayRepeat(trigger, subject, policy)) return false;
  const verdict = await askedOf(outcome, { request, call, policy });
  return typeof verdict === 'boolean' ? verdict : isRetried(trigger, subject, policy);
}

/** What ky's `shouldRetry` says. It is asked about an error, also when there is a response; what it reads is a clone. */
async function askedOf(outcome: Outcome, { request, call, policy }: Subject): Promise<boolean | void> {
  if (policy.shouldRetry === undefined) return undefined;
  const retryCount = call.attempt;
  if ('error' in outcome) {
    const error = outcome.error instanceof Error ? outcome.error : new Error(String(outcome.error));
    return policy.shouldRetry({ error, retryCount });
  }
  const { method, headers } = request;
  const response = outcome.response.clone();
  try {
    const error = new HTTPError(response, request, { method, headers, retry: policy, prefix: '', context: {} });
    return await policy.shouldRetry({ error: withFacts(error, call), retryCount });
  } finally {
    if (response.body?.locked === false) void cancelQuietly(response.body); // else it would be kept for a reader
  }
}

function tell(outcome: Outcome, { request, call, policy }: Subject, delayMs: number): void {
  if (policy.onRetry === undefined) return;
  const { method, url } = request;
  const event: RetryEvent = {
    retry: call.attempt,
    trigger: triggerOf(outcome),
    delayMs,
    method,
    origin: parseOrigin(url),
    ...('error' in outcome && { error: outcome.error }),
  };
  try {
    policy.onRetry(event);
  } catch {
    // the listener's own affair: the call goes on
  }
}

/** Remembers why, for the deadline to tell, and lets go of the response. */
function giveUp(outcome: Outcome, request: Request, { call, client }: { call: Call; client: ClientContext }): void {
  call.phase = 'backoff';
  if ('error' in outcome) {
    call.lastFailure = outcome.error;
    return;
  }
  call.lastFailure = new Error(`${parseOrigin(request.url)} answered ${outcome.response.status}`);
  void discard(outcome.response, client.clock); // never rejects, and nobody waits for it
}

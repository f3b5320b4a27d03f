import { fullJitter } from '../backoff.ts';
import { discard } from '../body.ts';
import type { Call } from '../call.ts';
import { originOf } from '../origin.ts';
import { retryAfterMs } from '../retry-after.ts';
import { retryBudget } from '../retry-budget.ts';
import type { RetryBudget } from '../retry-budget.ts';
import { isPassing, mayRetry, retryPolicy } from '../retry-policy.ts';
import type { Outcome, RetryPolicy } from '../retry-policy.ts';
import type { ClientFacts, Send, Stage } from '../stage.ts';
import { wait } from '../until-aborted.ts';
import { HTTPError } from 'ky';

/**
 * Tries again what may well succeed the next time: idempotent methods after transport failures, attempts that timed
 * out, and statuses that say "later".
 *
 * A wait that would not end before the call's deadline is not begun, nor a retry that the client's budget has none left
 * for: the caller gets what there is, at once.
 */
export function retry(defaults: RetryPolicy): Stage {
  const budget = defaults.budget === false ? unlimited : retryBudget(defaults.budget ?? {});
  return (next, client) => async (request, call) => {
    const policy = retryPolicy(defaults, call.options.retry);
    for (;;) {
      const outcome = await attempt(next, request, call);
      if ('response' in outcome && outcome.response.ok) budget.earn();
      if (!(await isWorthRetrying(policy, outcome, { request, call }))) return settle(outcome);
      const delayMs = delayBefore(policy, outcome, { call, client });
      if (delayMs >= call.remainingMs()) return settle(outcome);
      if (policy.budget !== false && !budget.take()) return settle(outcome);
      giveUp(outcome, request, call);
      call.phase = 'backoff';
      await wait(delayMs, call.signal, client.clock);
      call.attempt += 1;
    }
  };
}

const unlimited: RetryBudget = { take: () => true, earn: () => {} };

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

async function isWorthRetrying(
  policy: RetryPolicy,
  outcome: Outcome,
  { request, call }: { request: Request; call: Call },
): Promise<boolean> {
  if (call.signal.aborted || !mayRetry(policy, request.method, call.attempt)) return false;
  if ('response' in outcome && outcome.response.ok) return false;
  if (request.body !== null && !call.repeatable) return false;
  const verdict = await policy.shouldRetry?.({ error: errorOf(outcome, request, policy), retryCount: call.attempt });
  return typeof verdict === 'boolean' ? verdict : isPassing(policy, outcome);
}

/** ky's `shouldRetry` is asked about an error, also when there is a response. */
function errorOf(outcome: Outcome, request: Request, policy: RetryPolicy): Error {
  if ('error' in outcome) return outcome.error instanceof Error ? outcome.error : new Error(String(outcome.error));
  const { method, headers } = request;
  return new HTTPError(outcome.response, request, { method, headers, retry: policy, prefix: '', context: {} });
}

function delayBefore(
  policy: RetryPolicy,
  outcome: Outcome,
  { call, client }: { call: Call; client: ClientFacts },
): number {
  const backoffMs = ownBackoffMs(policy, call, client);
  if (!('response' in outcome) || !policy.afterStatusCodes.includes(outcome.response.status)) return backoffMs;
  const askedMs = retryAfterMs(outcome.response.headers, client.clock.now());
  if (askedMs === undefined) return backoffMs;
  const followedMs = Math.min(askedMs, policy.maxRetryAfter);
  return policy.retryAfterShortens === true ? followedMs : Math.max(followedMs, backoffMs);
}

function ownBackoffMs(policy: RetryPolicy, call: Call, client: ClientFacts): number {
  const cappedMs = Math.min(policy.delay(call.attempt), policy.backoffLimit);
  if (policy.jitter === true) return fullJitter(cappedMs, client.random);
  if (typeof policy.jitter === 'function') return Math.min(Math.max(0, policy.jitter(cappedMs)), policy.backoffLimit);
  return cappedMs;
}

/** Remembers why, for the deadline to tell, and lets go of the response. */
function giveUp(outcome: Outcome, request: Request, call: Call): void {
  if ('error' in outcome) {
    call.lastFailure = outcome.error;
    return;
  }
  call.lastFailure = new Error(`${originOf(request.url)} answered ${outcome.response.status}`);
  void discard(outcome.response); // never rejects, and nobody waits for it
}

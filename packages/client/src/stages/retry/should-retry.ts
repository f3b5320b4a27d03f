import { isBearingsError } from '../../errors/index.ts';
import { defaultRetry, resolveRetryPolicy } from './retry-policy.ts';
import type { RetryOptions, RetryPolicy, RetryTrigger } from './retry-policy.ts';

/** What {@link shouldRetry} needs to know about a request. */
export interface RetrySubject {
  readonly method: string;
  /** True when the request has a key by which the server recognizes a repetition. Default: false. */
  readonly hasIdempotencyKey?: boolean;
  /** `false` when the server has certainly not processed the last attempt: then any method may be sent again. */
  readonly wasProcessed?: false | undefined;
}

/**
 * True when an attempt that ended with this trigger may be retried. Looks at the trigger and the request only: not at the
 * number of attempts, the budget or the time.
 *
 * Triggers in `always` are retried. Other triggers (`statusCodes`, a transport failure, and with `retryOnTimeout` a
 * timeout) are retried when it is safe to send the request twice: the method is in `methods` (RFC 9110 §9.2.2), or the
 * request has an idempotency key.
 *
 * @param trigger - `other` for outcomes that a retry would not change
 * @param options - changes to the defaults
 */
export function shouldRetry(
  trigger: RetryTrigger | 'other',
  subject: RetrySubject,
  options: RetryOptions = {},
): boolean {
  return shouldRetryByPolicy(trigger, subject, resolveRetryPolicy(defaultRetry, options));
}

/** {@link shouldRetry} with a complete policy. */
function shouldRetryByPolicy(trigger: RetryTrigger | 'other', subject: RetrySubject, policy: RetryPolicy): boolean {
  return isTransient(trigger, policy) && isSafeToRepeat(trigger, subject, policy);
}

/** Whether the same request may succeed later. */
export function isTransient(trigger: RetryTrigger | 'other', policy: RetryPolicy): boolean {
  if (trigger === 'other') return false;
  if (trigger === 'transport' || policy.always.includes(trigger)) return true;
  return trigger === 'timeout' ? policy.retryOnTimeout : policy.statusCodes.includes(trigger);
}

/** True when it is safe to send the request twice: by its method, by its key, or after this trigger. */
export function isSafeToRepeat(
  trigger: RetryTrigger | 'other',
  { method, hasIdempotencyKey = false, wasProcessed }: RetrySubject,
  policy: RetryPolicy,
): boolean {
  if (hasIdempotencyKey || wasProcessed === false || isIdempotentMethod(method, policy)) return true;
  return trigger !== 'other' && policy.always.includes(trigger);
}

/** True when the policy lists the method as safe to send twice. */
export function isIdempotentMethod(method: string, { methods }: RetryPolicy): boolean {
  return methods.some((each) => each.toLowerCase() === method.toLowerCase());
}

/** How one attempt ended. */
export type Outcome = { readonly response: Response } | { readonly error: unknown };

/**
 * The trigger of an outcome. A failed token request, a certificate error and an unknown host are `other`: a retry would
 * fail too.
 */
export function classifyOutcome(outcome: Outcome): RetryTrigger | 'other' {
  if ('response' in outcome) return outcome.response.status;
  if (isBearingsError(outcome.error, 'ATTEMPT_TIMEOUT')) return 'timeout';
  return isBearingsError(outcome.error, 'TRANSPORT') && outcome.error.retryable ? 'transport' : 'other';
}

/**
 * `false` for an attempt that the server has certainly not processed. A redirect may have made a GET of it, which says
 * nothing about the request before it.
 */
export function findProcessed(outcome: Outcome, method: string): false | undefined {
  if (!('error' in outcome) || !isBearingsError(outcome.error, 'TRANSPORT')) return undefined;
  return outcome.error.method === method ? outcome.error.wasProcessed : undefined;
}

import { isClientError } from '../../errors/index.ts';
import { defaultRetry, resolveRetryPolicy } from './retry-policy.ts';
import type { RetryOptions, RetryPolicy, RetryTrigger } from './retry-policy.ts';

/** What the classifier needs to know of a request. */
export interface RetrySubject {
  readonly method: string;
  /** Whether it carries a key by which the server knows it again. Default: false. */
  readonly hasIdempotencyKey?: boolean;
  /** `false` when the server has certainly not processed the last attempt: then any method may be sent again. */
  readonly wasProcessed?: false | undefined;
}

/**
 * Whether an attempt that ended so may be made again, by the table of triggers alone: no count, no budget, no clock.
 *
 * Anything in `always` may. The rest may when the trigger is one to retry (`statusCodes`, a transport failure, and with
 * `retryOnTimeout` an attempt without an answer in time) and a second request does no harm: the method is in `methods`
 * (RFC 9110 §9.2.2), or the request carries an idempotency key.
 *
 * @param trigger - `other` for whatever would be the same the next time
 * @param options - what differs from the defaults
 */
export function shouldRetry(
  trigger: RetryTrigger | 'other',
  subject: RetrySubject,
  options: RetryOptions = {},
): boolean {
  return shouldRetryByPolicy(trigger, subject, resolveRetryPolicy(defaultRetry, options));
}

/** {@link shouldRetry} by a policy that has all its values. */
export function shouldRetryByPolicy(
  trigger: RetryTrigger | 'other',
  subject: RetrySubject,
  policy: RetryPolicy,
): boolean {
  return isTransient(trigger, policy) && isSafeToRepeat(trigger, subject, policy);
}

function isTransient(trigger: RetryTrigger | 'other', policy: RetryPolicy): boolean {
  if (trigger === 'other') return false;
  if (trigger === 'transport' || policy.always.includes(trigger)) return true;
  return trigger === 'timeout' ? policy.retryOnTimeout : policy.statusCodes.includes(trigger);
}

/** Whether a second request does no harm: to this method, with this key, or after an attempt that ended so. */
export function isSafeToRepeat(
  trigger: RetryTrigger | 'other',
  { method, hasIdempotencyKey = false, wasProcessed }: RetrySubject,
  policy: RetryPolicy,
): boolean {
  if (hasIdempotencyKey || wasProcessed === false || isIdempotentMethod(method, policy)) return true;
  return trigger !== 'other' && policy.always.includes(trigger);
}

/** True when the policy lists the method: sending it twice does no harm. */
export function isIdempotentMethod(method: string, { methods }: RetryPolicy): boolean {
  return methods.some((each) => each.toLowerCase() === method.toLowerCase());
}

/** What came of one attempt. */
export type Outcome = { readonly response: Response } | { readonly error: unknown };

/**
 * What kind of an outcome this is to `shouldRetry`. An acquisition of a token that failed, a certificate, a host that
 * does not exist are `other`: asking again does not make them better.
 */
export function classifyOutcome(outcome: Outcome): RetryTrigger | 'other' {
  if ('response' in outcome) return outcome.response.status;
  if (isClientError(outcome.error, 'ATTEMPT_TIMEOUT')) return 'timeout';
  return isClientError(outcome.error, 'TRANSPORT') && outcome.error.retryable ? 'transport' : 'other';
}

/** `false` for an attempt that the server has certainly not processed. */
export const wasProcessed = (outcome: Outcome): false | undefined =>
  'error' in outcome && isClientError(outcome.error, 'TRANSPORT') ? outcome.error.wasProcessed : undefined;

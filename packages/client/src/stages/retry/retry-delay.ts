import { fullJitter } from '../../time/backoff.ts';
import { askedWaitMs } from '../../time/retry-after.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { Outcome } from './should-retry.ts';
import type { ClientContext } from '../../core/stage.ts';

/**
 * Milliseconds to wait before a retry: what the server asked for, else the policy's backoff. `undefined` when the server
 * asked for a longer wait than `maxRetryAfter`: a retry before that would come too early.
 *
 * Jitter of up to a tenth, and at most 5 s, is added to what the server asked for, because it sends all clients the same
 * value.
 */
export function retryDelay(
  policy: RetryPolicy,
  outcome: Outcome,
  { retry, client }: { readonly retry: number; readonly client: Pick<ClientContext, 'clock' | 'random'> },
): number | undefined {
  const backoffMs = policyBackoffMs(policy, retry, client.random);
  if (!('response' in outcome) || !policy.afterStatusCodes.includes(outcome.response.status)) return backoffMs;
  const askedMs = askedWaitMs(outcome.response, client.clock.now());
  if (askedMs === undefined) return backoffMs;
  if (askedMs > policy.maxRetryAfter) return undefined;
  const spreadMs = policy.jitter === false ? 0 : fullJitter(Math.min(askedMs / 10, 5_000), client.random);
  return (policy.retryAfterShortens ? askedMs : Math.max(askedMs, backoffMs)) + spreadMs;
}

function policyBackoffMs(policy: RetryPolicy, retry: number, random: () => number): number {
  const cappedMs = Math.min(validOr(0, policy.delay(retry)), policy.backoffLimit);
  if (policy.jitter === true) return fullJitter(cappedMs, random);
  if (typeof policy.jitter !== 'function') return cappedMs;
  return Math.min(validOr(cappedMs, policy.jitter(cappedMs)), policy.backoffLimit);
}

/** A function of the caller may return something that is not a duration. Then, as in ky, the delay has no jitter. */
const validOr = (fallbackMs: number, ms: number): number => (ms >= 0 ? ms : fallbackMs);

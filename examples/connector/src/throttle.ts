import type { Clock } from '@bearings/client';
import { discard, layer, rateLimitResetMs, retryAfterMs, wait } from '@bearings/client/layer';
import type { Call, Layer } from '@bearings/client/layer';

/** The pace of a source. */
export interface ThrottleOptions {
  /** The largest number of requests per second. Default: no limit. */
  readonly requestsPerSecond: number | undefined;
  /** The longest time that one request waits because of answers such as 429, in milliseconds. */
  readonly maxThrottleMs: number;
  readonly clock: Clock;
  /** Called before each wait that the API asks for. */
  readonly onWait: (wait: { readonly waitMs: number; readonly status: number }) => void;
}

/**
 * Keeps the pace of a source, for all its requests together: so many requests a second, and a pause for all of them when
 * the API asks one of them to wait.
 *
 * Waiting is no failure, so it takes nothing from the retries: a page that is answered 429 again and again is slow. Only
 * a wait beyond `maxThrottleMs` returns the answer.
 */
export function createThrottle({ requestsPerSecond, maxThrottleMs, clock, onWait }: ThrottleOptions): Layer {
  const intervalMs = requestsPerSecond === undefined ? 0 : 1_000 / requestsPerSecond;
  let nextAt = -Infinity;
  let pausedUntil = -Infinity;
  const waited = new WeakMap<Call, number>();

  const takeTurn = async (call: Call): Promise<void> => {
    const at = Math.max(clock.monotonic(), nextAt);
    nextAt = at + intervalMs;
    for (let until = Math.max(at, pausedUntil); until > clock.monotonic(); until = pausedUntil) {
      await wait(until - clock.monotonic(), call.signal, clock);
    }
  };

  return layer('circuitBreaker', 'throttle', (next) => async (request, call) => {
    for (let count = 0; ; count += 1) {
      await takeTurn(call);
      const response = await next(request, call);
      const waitMs = askedWaitMs(response, count, clock.now());
      if (waitMs === undefined || !request.canReplay || !call.mayBackOff) return response;
      const sum = (waited.get(call) ?? 0) + waitMs;
      if (sum > maxThrottleMs) return response;
      waited.set(call, sum);
      pausedUntil = Math.max(pausedUntil, clock.monotonic() + waitMs);
      void discard(response); // never rejects
      onWait({ waitMs, status: response.status });
      await call.backOff(() => wait(waitMs, call.signal, clock));
    }
  });
}

/** The wait when the server names none, doubled each time. */
const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

/**
 * How long the server asks to wait; `undefined` when it does not. Those are 429, and with `Retry-After` also 503 and 403;
 * and 403 when nothing is left of the rate limit (GitHub).
 *
 * @param count - how often this request was answered so before: a server that says 0 seconds for ever is not asked at
 * full speed
 */
function askedWaitMs({ status, headers }: Response, count: number, nowMs: number): number | undefined {
  if (status !== 429 && status !== 503 && status !== 403) return undefined;
  const isUsedUp = ['ratelimit-remaining', 'x-ratelimit-remaining'].some((name) => headers.get(name)?.trim() === '0');
  const asked =
    readRetryAfter(headers, nowMs) ?? (status === 429 || isUsedUp ? rateLimitResetMs(headers, nowMs) : undefined);
  const backoffMs = Math.min(firstWaitMs * 2 ** count, longestWaitMs);
  if (asked === undefined) return status === 429 ? backoffMs : undefined;
  return count === 0 ? asked : Math.max(asked, backoffMs / 10);
}

/** `Retry-After`, also with decimals (Shopify: `2.0`). */
function readRetryAfter(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('retry-after')?.trim() ?? '';
  return /^\d{1,9}\.\d+$/.test(value) ? Math.ceil(Number(value) * 1_000) : retryAfterMs(headers, nowMs);
}

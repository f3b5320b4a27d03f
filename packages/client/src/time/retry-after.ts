import { parseHttpDate } from './http-date.ts';

/** From here on a number is a time, in seconds since the epoch, and not a wait: that would be half a century. */
const firstEpochSeconds = Date.UTC(2024, 0, 1) / 1_000;

/**
 * Milliseconds to wait before a retry, as the server asked for.
 *
 * Reads `Retry-After` as seconds or as an HTTP-date (RFC 9110 §10.2.3). A date in the past means 0. A number of today's
 * epoch seconds or milliseconds is a time too: some servers send it. Returns `undefined` when the header is missing or is
 * none of these; the caller then uses its own backoff.
 *
 * @param nowMs - the current time, in milliseconds since the epoch
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('retry-after');
  return value === null ? undefined : parseWait(value, nowMs);
}

/**
 * The wait that a response asks for: `Retry-After`; for a 429 without it, when the rate limit is reset. Servers send the latter with all responses, so for
 * other statuses it says nothing.
 */
export function askedWaitMs({ status, headers }: Response, nowMs: number): number | undefined {
  if (headers.has('retry-after') || status !== 429) return retryAfterMs(headers, nowMs);
  return rateLimitResetMs(headers, nowMs);
}

/**
 * Milliseconds until the server's rate limit is reset: `RateLimit-Reset`, and its `X-` forms of Symfony, GitHub and
 * Twitter. Returns `undefined` without them.
 *
 * @param nowMs - the current time, in milliseconds since the epoch
 */
export function rateLimitResetMs(headers: Headers, nowMs: number): number | undefined {
  for (const name of ['ratelimit-reset', 'x-ratelimit-retry-after', 'x-ratelimit-reset', 'x-rate-limit-reset']) {
    const value = headers.get(name);
    if (value !== null) return parseWait(value, nowMs);
  }
  return undefined;
}

function parseWait(given: string, nowMs: number): number | undefined {
  const value = given.trim();
  return /^\d+$/.test(value) ? parseNumber(Number(value), nowMs) : parseDate(value, nowMs);
}

function parseNumber(number: number, nowMs: number): number {
  if (number < firstEpochSeconds) return number * 1_000;
  const at = number < firstEpochSeconds * 1_000 ? number * 1_000 : number;
  return Math.max(0, at - nowMs);
}

function parseDate(value: string, nowMs: number): number | undefined {
  const at = parseHttpDate(value, nowMs);
  return at === undefined ? undefined : Math.max(0, at - nowMs);
}

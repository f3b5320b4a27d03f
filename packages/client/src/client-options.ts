import type { Options } from 'ky';
import type { CallOptions } from './call.ts';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { ConfigError, InvalidSchemeError } from './errors.ts';
import { isSecure, readUrl } from './origin.ts';
import { defaultRetry, retryPolicy } from './retry-policy.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { ClientFacts } from './stage.ts';
import type { RedirectOptions } from './stages/redirect.ts';

/** ky's own options that our stages answer for. */
type Replaced = 'retry' | 'timeout' | 'totalTimeout' | 'fetch';

/** How a client behaves. Besides these, every option of ky: `headers`, `searchParams`, `hooks`, `throwHttpErrors`, … */
export interface ClientOptions extends Omit<Options, Replaced | 'method' | 'body' | 'json'>, CallOptions {
  /** How many calls may be under way at once; the next one fails with `OVERLOADED`. Default: `Infinity`. */
  readonly concurrency?: number;
  /** The largest response body, in bytes after decompression. Default: 10 MiB. */
  readonly maxResponseBytes?: number;
  /** Which redirects are followed. Default: 10 hops, within the origin. */
  readonly redirects?: RedirectOptions;
  /** Allows `http:` beyond loopback, as inside a mesh that does TLS itself. Default: false. */
  readonly insecureHttp?: boolean;
  /** What requests without a `user-agent` send. Default: `bearings`. */
  readonly userAgent?: string;
  /** The network. Default: the global `fetch`, looked up at each call. */
  readonly fetch?: typeof globalThis.fetch;
  /** The time. Default: {@link systemClock}. */
  readonly clock?: Clock;
  /** A number in [0, 1) for jitter. Default: `Math.random`. */
  readonly random?: () => number;
}

/** Options with every default in place, checked. */
export interface Settings {
  readonly retry: RetryPolicy;
  readonly timeout: number | false;
  readonly bodyTimeout: number | false;
  readonly totalTimeout: number | false;
  readonly concurrency: number;
  readonly maxResponseBytes: number;
  readonly redirects: RedirectOptions;
  readonly insecureHttp: boolean;
  readonly userAgent: string;
  readonly fetch: typeof globalThis.fetch;
  readonly facts: Omit<ClientFacts, 'slot'>;
  /** What is left for ky. */
  readonly ky: Options;
}

/**
 * Puts defaults in place and checks what was given.
 *
 * @throws ConfigError naming the option, what was found and what would be right
 */
export function settle(options: ClientOptions): Settings {
  const { retry, timeout = 30_000, bodyTimeout = 30_000, totalTimeout = false, ...others } = options;
  const { concurrency = Infinity, maxResponseBytes = 10 * 1024 * 1024, redirects = {}, ...more } = others;
  const { insecureHttp = false, userAgent = 'bearings', fetch = globalFetch, ...rest } = more;
  const { clock = systemClock, random = Math.random, ...ky } = rest;
  checkCallOptions({ timeout, bodyTimeout, totalTimeout });
  checkCount('concurrency', concurrency);
  checkCount('maxResponseBytes', maxResponseBytes);
  checkHops(redirects.limit);
  return {
    retry: retryPolicy(defaultRetry, retry),
    timeout,
    bodyTimeout,
    totalTimeout,
    concurrency,
    maxResponseBytes,
    redirects: { ...redirects, ...(redirects.origins && { origins: [...redirects.origins] }) },
    insecureHttp,
    userAgent,
    fetch,
    facts: { home: homeOf(ky, insecureHttp), clock, random },
    ky,
  };
}

/**
 * Checks the durations of a client or of one call: milliseconds above 0, or `false` for none.
 *
 * @throws ConfigError
 */
export function checkCallOptions(options: CallOptions): void {
  for (const field of ['timeout', 'bodyTimeout', 'totalTimeout'] as const) {
    const value: unknown = options[field];
    if (value === undefined || value === false) continue;
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) continue;
    throw new ConfigError(field, `${field} must be milliseconds above 0, or false for no limit, not ${shown(value)}`);
  }
}

function checkCount(field: string, value: unknown): void {
  if (typeof value === 'number' && value > 0) return;
  throw new ConfigError(field, `${field} must be a number above 0, not ${shown(value)}`);
}

function checkHops(limit: unknown): void {
  if (limit === undefined || (typeof limit === 'number' && Number.isInteger(limit) && limit >= 0)) return;
  throw new ConfigError('redirects.limit', `redirects.limit must be a whole number from 0, not ${shown(limit)}`);
}

const shown = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));

/** Looked up at each call, so that what replaces the global later (an interceptor in a test) is used. */
const globalFetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init);

/** Where relative paths lead: the base URL, or a prefix that is absolute. */
function homeOf({ baseUrl, prefix }: Options, insecureHttp: boolean): URL | undefined {
  const given = baseUrl ?? (URL.canParse(String(prefix ?? '')) ? prefix : undefined);
  if (given === undefined) return undefined;
  const home = readUrl(given);
  if (!isSecure(home) && !(insecureHttp && home.protocol === 'http:')) throw new InvalidSchemeError(home);
  return home;
}

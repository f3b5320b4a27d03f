import type { Options } from 'ky';
import type { CallOptions } from './core/call.ts';
import type { Clock } from './time/clock.ts';
import { systemClock } from './time/clock.ts';
import { ConfigError, InvalidSchemeError } from './errors/index.ts';
import {
  aFunction,
  aLimit,
  aTimeout,
  aWholeNumberFrom0,
  listOf,
  millisecondsFrom0,
  mustBe,
  oneOf,
} from './core/option-rules.ts';
import type { Rule } from './core/option-rules.ts';
import { isSecure, parseUrl } from './security/url.ts';
import { defaultRetry, resolveRetryPolicy } from './stages/retry/retry-policy.ts';
import type { RetryPolicy } from './stages/retry/retry-policy.ts';
import type { ClientContext } from './core/stage.ts';
import type { RedirectOptions, Redirects } from './stages/redirect.ts';
import type { Concurrency, ConcurrencyOptions } from './stages/concurrency/concurrency-limit.ts';

/** ky's own options that our stages answer for. */
type Replaced = 'retry' | 'timeout' | 'totalTimeout' | 'fetch';

/** How a client behaves. Besides these, every option of ky: `headers`, `searchParams`, `hooks`, `throwHttpErrors`, … */
export interface ClientOptions extends Omit<Options, Replaced | 'method' | 'body' | 'json'>, CallOptions {
  /** How many calls may be under way at once, or more about it; the next one fails with `OVERLOADED`. Default: no limit. */
  readonly concurrency?: number | ConcurrencyOptions;
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
  readonly concurrency: Concurrency;
  readonly maxResponseBytes: number;
  readonly redirects: Redirects;
  readonly insecureHttp: boolean;
  readonly userAgent: string;
  readonly fetch: typeof globalThis.fetch;
  /** True for the global `fetch`, which takes an address as well as a Request; others may have been written for one. */
  readonly isGlobalFetch: boolean;
  readonly facts: Omit<ClientContext, 'slot'>;
  /** What is left for ky. */
  readonly ky: Options;
}

/**
 * Puts defaults in place and checks what was given.
 *
 * @throws ConfigError naming the option, what was found and what would be right
 */
export function settle(options: ClientOptions): Settings {
  checkCallOptions(options);
  const { retry, timeout = 30_000, bodyTimeout = 30_000, totalTimeout = false, ...others } = options;
  const { concurrency, maxResponseBytes = 10 * 1024 * 1024, redirects = {}, ...more } = others;
  const { insecureHttp = false, userAgent = 'bearings', fetch = globalFetch, ...rest } = more;
  const { clock = systemClock, random = Math.random, ...ky } = rest;
  mustBe('maxResponseBytes', maxResponseBytes, aLimit);
  mustBe('userAgent', userAgent, aHeaderValue);
  mustBe('fetch', fetch, aFunction);
  mustBe('random', random, aFunction);
  return {
    retry: resolveRetryPolicy(defaultRetry, retry),
    timeout,
    bodyTimeout,
    totalTimeout,
    concurrency: concurrencyOf(concurrency),
    maxResponseBytes,
    redirects: redirectsOf(redirects),
    insecureHttp,
    userAgent,
    fetch,
    isGlobalFetch: fetch === globalFetch,
    facts: { baseUrl: homeOf(ky, insecureHttp), clock, random },
    ky,
  };
}

/**
 * Checks the durations of a client or of one call.
 *
 * @throws ConfigError also when an attempt is given more time than the whole call
 */
export function checkCallOptions({ timeout, bodyTimeout, totalTimeout }: CallOptions): void {
  if (timeout === undefined && bodyTimeout === undefined && totalTimeout === undefined) return;
  for (const [field, value] of Object.entries({ timeout, bodyTimeout, totalTimeout })) {
    if (value !== undefined) mustBe(field, value, aTimeout);
  }
  if (typeof timeout !== 'number' || typeof totalTimeout !== 'number' || timeout <= totalTimeout) return;
  throw new ConfigError(
    'timeout',
    `timeout (${timeout} ms for one attempt) is longer than totalTimeout (${totalTimeout} ms for the whole call)`,
  );
}

function concurrencyOf(option: number | ConcurrencyOptions = {}): Concurrency {
  const given = typeof option === 'number' ? { limit: option } : option;
  const { limit = Infinity, limitPerOrigin = Infinity, queue = 0, queueTimeout = 1_000 } = given;
  mustBe(typeof option === 'number' ? 'concurrency' : 'concurrency.limit', limit, aLimit);
  mustBe('concurrency.limitPerOrigin', limitPerOrigin, aLimit);
  mustBe('concurrency.queue', queue, aWholeNumberFrom0);
  mustBe('concurrency.queueTimeout', queueTimeout, millisecondsFrom0);
  return { limit, limitPerOrigin, queue, queueTimeout };
}

function redirectsOf({ limit = 10, origins = [], blocked = 'error' }: RedirectOptions): Redirects {
  mustBe('redirects.limit', limit, aWholeNumberFrom0);
  mustBe('redirects.blocked', blocked, oneOf('error', 'response'));
  if (origins === 'any') return { limit, origins, blocked };
  mustBe('redirects.origins', origins, listOf(anOrigin));
  return { limit, blocked, origins: origins.map((origin) => new URL(origin).origin) };
}

const aHeaderValue: Rule = {
  holds: (value) => typeof value === 'string' && /^[\t\x20-\x7e\x80-\xff]+$/.test(value),
  says: 'a header value: visible characters on one line',
};
const anOrigin: Rule = {
  holds: (value) => typeof value === 'string' && isOrigin(URL.parse(value)),
  says: 'an origin such as https://api.example',
};
const isOrigin = (url: URL | null): boolean => url !== null && url.origin !== 'null' && url.href === `${url.origin}/`;

/** Looked up at each call, so that what replaces the global later (an interceptor in a test) is used. */
const globalFetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init);

/** Where relative paths lead: the base URL, or a prefix that is absolute. */
function homeOf({ baseUrl, prefix }: Options, insecureHttp: boolean): URL | undefined {
  const given = baseUrl ?? (URL.canParse(String(prefix ?? '')) ? prefix : undefined);
  if (given === undefined) return undefined;
  const home = parseUrl(given);
  if (!isSecure(home) && !(insecureHttp && home.protocol === 'http:')) throw new InvalidSchemeError(home);
  return home;
}

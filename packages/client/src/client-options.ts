import type { Options } from 'ky';
import type { CallOptions } from './core/call-options.ts';
import type { Clock } from './time/clock.ts';
import { systemClock } from './time/clock.ts';
import { ConfigError, InvalidSchemeError } from './errors/index.ts';
import { checkBaseUrl } from './core/check-base-url.ts';
import { checkOptions } from './core/check-options.ts';
import type { OptionRules } from './core/check-options.ts';
import { kyOptionRules } from './core/ky-option-rules.ts';
import {
  assertOption,
  booleanRule,
  clockRule,
  functionRule,
  headerValueRule,
  limitRule,
  numberOrObjectRule,
  objectRule,
  oneOfRule,
  timeoutRule,
  wholeNumberRule,
} from './core/option-rules.ts';
import { isSecure, parseUrl } from './security/url.ts';
import { defaultRetry, resolveRetryPolicy } from './stages/retry/retry-policy.ts';
import type { RetryPolicy } from './stages/retry/retry-policy.ts';
import type { ClientContext } from './core/stage.ts';
import type { RedirectOptions, Redirects } from './stages/redirect.ts';
import type { Concurrency, ConcurrencyOptions } from './stages/concurrency/concurrency-limit.ts';

/** ky's options that our stages replace. */
type Replaced = 'retry' | 'timeout' | 'totalTimeout' | 'fetch';

/** How a client behaves. Besides these, every option of ky: `headers`, `searchParams`, `hooks`, `throwHttpErrors`, … */
export interface ClientOptions extends Omit<Options, Replaced | 'method' | 'body' | 'json'>, CallOptions {
  /** How many calls may be in flight at once, or options for it. Further calls wait, 10 000 at most. Default: no limit. */
  readonly concurrency?: number | ConcurrencyOptions;
  /** The largest response body, in bytes after decompression. Default: 10 MiB. */
  readonly maxResponseBytes?: number;
  /** Which redirects are followed. Default: up to 10, within the origin. */
  readonly redirects?: RedirectOptions;
  /** Allows `http:` to hosts other than loopback, for instance inside a mesh that does TLS itself. Default: false. */
  readonly insecureHttp?: boolean;
  /** The `user-agent` of requests that have none. Default: `bearings`. */
  readonly userAgent?: string;
  /**
   * Sends the requests. It gets a Request and options, both complete, so it may read either of them. Default: the global
   * `fetch`, looked up at each call.
   */
  readonly fetch?: typeof globalThis.fetch;
  /** Tells the time and sets timers. Default: {@link systemClock}. */
  readonly clock?: Clock;
  /** A number in [0, 1) for jitter. Default: `Math.random`. */
  readonly random?: () => number;
}

/** Checked options, with their defaults. */
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
  /** True when the caller gave no `fetch`. */
  readonly isGlobalFetch: boolean;
  readonly facts: Omit<ClientContext, 'slot'>;
  /** The options that go to ky. */
  readonly ky: Options;
}

/**
 * Checks the options and adds the defaults.
 *
 * @throws ConfigError naming the option, the value found and what is allowed
 * @throws InvalidUrlError | InvalidSchemeError for the base URL
 */
export function resolveOptions(options: ClientOptions): Settings {
  checkOptions(options, clientRules, { owner: 'createClient' });
  checkCallOptions(options);
  const { retry, timeout = 30_000, bodyTimeout = 30_000, totalTimeout = false, ...others } = options;
  const { concurrency, maxResponseBytes = 10 * 1024 * 1024, redirects = {}, ...more } = others;
  const { insecureHttp = false, userAgent = 'bearings', fetch = globalFetch, ...rest } = more;
  const { clock = systemClock, random = Math.random, ...ky } = rest;
  return {
    retry: resolveRetryPolicy(defaultRetry, retry),
    timeout,
    bodyTimeout,
    totalTimeout,
    concurrency: resolveConcurrency(concurrency),
    maxResponseBytes,
    redirects: resolveRedirects(redirects),
    insecureHttp,
    userAgent,
    fetch,
    isGlobalFetch: fetch === globalFetch,
    facts: { baseUrl: resolveBaseUrl(ky, insecureHttp), clock, random },
    ky,
  };
}

/**
 * Checks the durations of a client or of one call.
 *
 * @throws ConfigError also when an attempt may take longer than the whole call
 */
export function checkCallOptions({ timeout, bodyTimeout, totalTimeout }: CallOptions): void {
  if (timeout === undefined && bodyTimeout === undefined && totalTimeout === undefined) return;
  for (const [field, value] of Object.entries({ timeout, bodyTimeout, totalTimeout })) {
    if (value !== undefined) assertOption(field, value, timeoutRule);
  }
  if (typeof timeout !== 'number' || typeof totalTimeout !== 'number' || timeout <= totalTimeout) return;
  throw new ConfigError(
    'timeout',
    `timeout (${timeout} ms for one attempt) is longer than totalTimeout (${totalTimeout} ms for the whole call)`,
  );
}

function resolveConcurrency(option: number | ConcurrencyOptions = {}): Concurrency {
  if (typeof option === 'number') assertOption('concurrency', option, limitRule);
  const given = typeof option === 'number' ? { limit: option } : option;
  checkOptions(given, concurrencyRules, { owner: 'createClient', within: 'concurrency' });
  const { limit = Infinity, adaptive = false, queue = 10_000, queueTimeout = false } = given;
  const { limitPerOrigin = adaptive ? 200 : Infinity } = given;
  return { limit, limitPerOrigin, adaptive, queue, queueTimeout };
}

function resolveRedirects(options: RedirectOptions): Redirects {
  checkOptions(options, redirectRules, { owner: 'createClient', within: 'redirects' });
  const { limit = 10, origins = [], blocked = 'error' } = options;
  if (origins === 'any') return { limit, origins, blocked };
  return { limit, blocked, origins: origins.map((origin) => new URL(origin).origin) };
}

const isOriginText = (value: unknown): boolean => typeof value === 'string' && isOrigin(URL.parse(value));
const isOrigin = (url: URL | null): boolean => url !== null && url.origin !== 'null' && url.href === `${url.origin}/`;

const concurrencyRules: OptionRules<ConcurrencyOptions> = {
  limit: limitRule,
  limitPerOrigin: limitRule,
  adaptive: booleanRule,
  queue: wholeNumberRule,
  queueTimeout: timeoutRule,
};
const redirectRules: OptionRules<RedirectOptions> = {
  limit: wholeNumberRule,
  origins: {
    test: (value) => value === 'any' || (Array.isArray(value) && value.every(isOriginText)),
    expected: '"any", or a list of origins such as https://api.example',
  },
  blocked: oneOfRule('error', 'response'),
};
const clientRules: OptionRules<ClientOptions> = {
  concurrency: numberOrObjectRule('a limit'),
  maxResponseBytes: limitRule,
  redirects: objectRule,
  insecureHttp: booleanRule,
  userAgent: headerValueRule,
  clock: clockRule,
  random: functionRule,
  ...kyOptionRules,
};

/** Looks up the global at each call, so that one that is replaced later (by an interceptor in a test) is used. */
const globalFetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init);

/** What relative paths are resolved against: the base URL, or a prefix that is absolute. */
function resolveBaseUrl({ baseUrl, prefix }: Options, insecureHttp: boolean): URL | undefined {
  const given = baseUrl ?? (URL.canParse(String(prefix ?? '')) ? prefix : undefined);
  if (given === undefined) return undefined;
  const url = parseUrl(given);
  if (baseUrl !== undefined) checkBaseUrl(url);
  if (!isSecure(url) && !(insecureHttp && url.protocol === 'http:')) throw new InvalidSchemeError(url);
  return url;
}

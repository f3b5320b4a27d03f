import { backoffMs } from './time/backoff.ts';
import type { ClientOptions } from './client-options.ts';

/** The names of the profiles. */
export type ProfileName = 'default' | 'minimal' | 'infra' | 'tokenEndpoint' | 'sse' | 'proxy' | 'testing';

/** What `createClient()` does by itself: for services calling services. */
const defaultProfile: ClientOptions = Object.freeze({});

/** One attempt, small answers: for a call whose caller has its own way to try again. */
const minimal: ClientOptions = Object.freeze({
  timeout: 10_000,
  bodyTimeout: 10_000,
  maxResponseBytes: 1024 * 1024,
  retry: 0,
});

/** For systems that a service cannot do without (a registry, a store): large answers, patience, five retries. */
const infra: ClientOptions = Object.freeze({
  timeout: 60_000,
  bodyTimeout: 60_000,
  maxResponseBytes: 50 * 1024 * 1024,
  concurrency: Object.freeze({ limit: 100, queue: 100, queueTimeout: 5_000 }),
  retry: Object.freeze({
    limit: 5,
    delay: (retry: number) => backoffMs(retry, { baseMs: 50, capMs: Infinity }),
    backoffLimit: 30_000,
  }),
});

/** Frozen by a statement, because ky's type for it is that of an array that may be changed. */
const tokenRequestMethods: ('get' | 'post')[] = ['get', 'post'];
Object.freeze(tokenRequestMethods);

/**
 * For an authorization server: small answers, no redirects (a redirected token request would take the client's secret
 * along), and a POST that may be sent again, because asking twice for a token does no harm.
 */
const tokenEndpoint: ClientOptions = Object.freeze({
  timeout: 10_000,
  bodyTimeout: 10_000,
  totalTimeout: 30_000,
  maxResponseBytes: 1024 * 1024,
  concurrency: Object.freeze({ limit: 10, queue: 1_000, queueTimeout: 10_000 }),
  redirects: Object.freeze({ limit: 0 }),
  retry: Object.freeze({ methods: tokenRequestMethods, maxRetryAfter: Infinity, retryAfterShortens: false }),
});

/** For streams of events: no limit to the body's length, its pauses, or its end; a caller's signal ends it. */
const sse: ClientOptions = Object.freeze({ bodyTimeout: false, maxResponseBytes: Infinity, retry: 0 });

/** For passing on what others ask: every status is an answer, bodies of any length, nothing sent twice or elsewhere. */
const proxy: ClientOptions = Object.freeze({
  timeout: 60_000,
  bodyTimeout: 60_000,
  maxResponseBytes: Infinity,
  redirects: Object.freeze({ limit: 0 }),
  retry: 0,
  throwHttpErrors: false,
});

/** For tests of a service: http anywhere, redirects anywhere, failures at once. Never for anything else. */
const testing: ClientOptions = Object.freeze({
  timeout: 10_000,
  bodyTimeout: 10_000,
  maxResponseBytes: 1024 * 1024,
  insecureHttp: true,
  redirects: Object.freeze({ origins: 'any' as const }),
  retry: 0,
});

/**
 * Starting points for a client: `createClient({ ...profiles.tokenEndpoint, userAgent: 'billing' })`.
 *
 * Frozen; whatever is written after the spread overrides.
 */
export const profiles: Readonly<Record<ProfileName, ClientOptions>> = Object.freeze({
  default: defaultProfile,
  minimal,
  infra,
  tokenEndpoint,
  sse,
  proxy,
  testing,
});

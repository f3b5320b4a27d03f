import { backoffMs } from './time/backoff.ts';
import type { ClientOptions } from './client-options.ts';

/** The names of the profiles. */
export type ProfileName = 'default' | 'minimal' | 'infra' | 'tokenEndpoint' | 'sse' | 'proxy' | 'testing';

/** The defaults of `createClient()`: for services that call services. */
const defaultProfile: ClientOptions = Object.freeze({});

/** One attempt, small responses: for callers that retry by themselves. */
const minimal: ClientOptions = Object.freeze({
  timeout: 10_000,
  bodyTimeout: 10_000,
  maxResponseBytes: 1024 * 1024,
  retry: 0,
});

/** For systems that a service depends on (a registry, a store): large responses, long timeouts, five retries. */
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

/** Frozen in a statement of its own, because ky's type for it is a mutable array. */
const tokenRequestMethods: ('get' | 'post')[] = ['get', 'post'];
Object.freeze(tokenRequestMethods);

/**
 * For an authorization server: small responses, no redirects (a redirected token request would forward the client
 * secret), and retries of POST, because it is safe to request a token twice.
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

/** For event streams: no limit for the size, the pauses and the duration of the body. The caller's signal ends it. */
const sse: ClientOptions = Object.freeze({ bodyTimeout: false, maxResponseBytes: Infinity, retry: 0 });

/** For forwarding requests: no error for any status, bodies of any size, no retries, no redirects. */
const proxy: ClientOptions = Object.freeze({
  timeout: 60_000,
  bodyTimeout: 60_000,
  maxResponseBytes: Infinity,
  redirects: Object.freeze({ limit: 0 }),
  retry: 0,
  throwHttpErrors: false,
});

/** For tests of a service only: http and redirects to any host, no retries. */
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
 * They are frozen. Options after the spread override them.
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

import type { ClientOptions } from './client-options.ts';

/** The names of the profiles. */
export type ProfileName = 'default' | 'tokenEndpoint';

/** What `createClient()` does by itself: for services calling services. */
const byDefault: ClientOptions = Object.freeze({});

/** Frozen by a statement, because ky's type for it is that of an array that may be changed. */
const methodsOfTokens: ('get' | 'post')[] = ['get', 'post'];
Object.freeze(methodsOfTokens);

/**
 * For an authorization server: small answers, no redirects (a redirected token request would take the client's secret
 * along), and a POST that may be sent again, because asking twice for a token does no harm.
 */
const tokenEndpoint: ClientOptions = Object.freeze({
  timeout: 10_000,
  bodyTimeout: 10_000,
  totalTimeout: 30_000,
  maxResponseBytes: 1024 * 1024,
  redirects: Object.freeze({ limit: 0 }),
  retry: Object.freeze({ methods: methodsOfTokens, maxRetryAfter: Infinity, retryAfterShortens: false }),
});

/**
 * Starting points for a client: `createClient({ ...profiles.tokenEndpoint, userAgent: 'billing' })`.
 *
 * Frozen; whatever is written after the spread overrides.
 */
export const profiles: Readonly<Record<ProfileName, ClientOptions>> = Object.freeze({
  default: byDefault,
  tokenEndpoint,
});

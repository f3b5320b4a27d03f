export { createClient } from './create-client.ts';
export { explain, formatHttpError, isBearingsError, orThrow, profiles, withCircuitBreaker } from '@bearings/client';
export type {
  CallOptions,
  CircuitBreakerOptions,
  Client,
  ClientError,
  ClientOptions,
  ClientStatus,
  Clock,
  ConcurrencyOptions,
  Fetch,
  FetchInit,
  KnownError,
  KyCallOptions,
  Layer,
  RedirectOptions,
  RetryOptions,
} from '@bearings/client';
export { Err, fetchToken, Ok, staticToken, Token, TokenPool, withBearerAuth } from '@bearings/oauth-bearer';
export type {
  BearerAuthOptions,
  FetchTokenOptions,
  PoolConfig,
  Result,
  StaticTokenOptions,
  TokenConfig,
  TokenError,
  TokenEvent,
  TokenHandle,
  TokenOptions,
  TokenPoolOptions,
  TokenSource,
  TokenStatus,
} from '@bearings/oauth-bearer';
export { discover } from '@bearings/oidc-discovery';
export type { DiscoveryError, DiscoveryOptions, ServerMetadata } from '@bearings/oidc-discovery';

export { Err, Ok } from 'ts-results';
export type { Result } from 'ts-results';
export { Token } from './token/token.ts';
export { fetchToken } from './token/fetch-token.ts';
export type { FetchTokenOptions } from './token/fetch-token.ts';
export { TokenPool } from './token/token-pool.ts';
export type { PoolConfig, TokenPoolOptions, TokenPurpose } from './token/token-pool.ts';
export type { TokenConfig } from './token/token-config.ts';
export type { TokenOptions } from './token/token-options.ts';
export type { AcquireOptions, HeldToken, IssuedToken, RetryClass, TokenSource } from './sources/token-source.ts';
export type { TokenExtras } from './sources/token-extras.ts';
export type { Certificate } from './client-auth/certificate.ts';
export type { ClientAuthMethod } from './client-auth/client-auth-method.ts';
export type { CredentialConfig } from './client-auth/credential.ts';
export type { ClientSecret, Secret, Secrets } from './client-auth/client-secret.ts';
export type { PrivateKey } from './client-auth/private-key.ts';
export type {
  FailureStatus,
  GetOptions,
  InvalidateOptions,
  TokenHandle,
  TokenState,
  TokenStatus,
} from './token/token-handle.ts';
export type { TokenEvent, TokenListener } from './token/token-events.ts';
export type { AccessToken, AuthScheme } from './access-token.ts';
export { staticToken } from './sources/static-token.ts';
export type { StaticSecret, StaticTokenOptions } from './sources/static-token.ts';
export { withBearerAuth, withBearerAuthHeader } from './layer/bearer.ts';
export type { BearerAuthOptions } from './layer/bearer.ts';
export type { RejectedBy } from './layer/rejection.ts';
export { parseBearerChallenge } from './layer/challenge.ts';
export type { BearerChallenge } from './layer/challenge.ts';
export { SecretString } from './secret-string.ts';
export { TokenConfigError, TokenHttpError, TokenUnavailableError } from './errors.ts';
export type {
  FailureKind,
  InvalidTokenResponseError,
  ReauthorizationRequiredError,
  TokenClosedError,
  TokenError,
  UnsupportedTokenTypeError,
} from './errors.ts';

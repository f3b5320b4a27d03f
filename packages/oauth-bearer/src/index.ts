export { Err, Ok } from 'ts-results';
export type { Result } from 'ts-results';
export { Token } from './token/token.ts';
export { fetchToken } from './token/fetch-token.ts';
export type { FetchTokenOptions } from './token/fetch-token.ts';
export { TokenPool } from './token/token-pool.ts';
export type { PoolConfig, TokenPoolOptions, TokenPurpose } from './token/token-pool.ts';
export type { SecurityProfile } from './token/security-profile.ts';
export type { TokenConfig } from './token/token-config.ts';
export type { TokenOptions } from './token/token-options.ts';
export type {
  AcquireOptions,
  HeldToken,
  IssuedToken,
  RetryClass,
  TokenRequestFacts,
  TokenSource,
} from './sources/token-source.ts';
export type { TokenExtras } from './sources/token-extras.ts';
export type { AssertionFile, AssertionRequest, ClientAssertion } from './client-auth/given-assertion.ts';
export type { TokenFile } from './client-auth/given-token.ts';
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
export type {
  ClientCredentialsConfig,
  GivenTokenConfig,
  GrantConfig,
  JwtBearerConfig,
  TokenExchangeConfig,
  TokenTypeName,
} from './grants/grant-config.ts';
export { googleServiceAccount } from './grants/google-service-account.ts';
export type { GoogleServiceAccountOptions } from './grants/google-service-account.ts';
export { staticToken } from './sources/static-token.ts';
export type { StaticSecret, StaticTokenOptions } from './sources/static-token.ts';
export { withBearerAuth, withBearerAuthHeader } from './layer/bearer.ts';
export type { StepUpOptions } from './layer/step-up.ts';
export type { BearerAuthOptions } from './layer/bearer.ts';
export type { ChooseToken } from './layer/call-token.ts';
export type { RejectedBy } from './layer/rejection.ts';
export { parseBearerChallenge } from './layer/challenge.ts';
export type { BearerChallenge } from './layer/challenge.ts';
export type { DpopOptions } from './dpop/read-dpop.ts';
export type { DpopKey } from './dpop/dpop-key.ts';
export { SecretString } from './secret-string.ts';
export { TokenConfigError, TokenHttpError, TokenUnavailableError } from './errors.ts';
export type {
  FailureKind,
  InvalidTokenResponseError,
  ReauthorizationRequiredError,
  StepUpRequiredError,
  TokenClosedError,
  TokenError,
  UnsupportedTokenTypeError,
} from './errors.ts';

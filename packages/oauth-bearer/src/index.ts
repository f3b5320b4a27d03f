export { Token } from './token.ts';
export { fetchToken } from './fetch-token.ts';
export type { FetchTokenOptions } from './fetch-token.ts';
export { TokenPool } from './token-pool.ts';
export type { PoolConfig, TokenPoolOptions, TokenPurpose } from './token-pool.ts';
export type { TokenConfig } from './token-config.ts';
export type { ClientAuthMethod, CredentialConfig } from './credential.ts';
export type { ClientSecret, Secret, Secrets } from './client-secret.ts';
export type { PrivateKey } from './private-key.ts';
export type { FailureStatus, GetOptions, TokenHandle, TokenState, TokenStatus } from './token-handle.ts';
export type { TokenEvent, TokenListener } from './token-events.ts';
export type { AccessToken, AuthScheme } from './access-token.ts';
export { staticToken as fixedToken } from './static-token.ts';
export type { StaticSecret as FixedSecret, StaticTokenOptions as FixedTokenOptions } from './static-token.ts';
export { withBearerAuth, withBearerAuthHeader } from './bearer.ts';
export type { BearerAuthOptions } from './bearer.ts';
export { SecretString } from './secret-string.ts';
export {
  InvalidTokenResponseError,
  isTokenError,
  TokenClosedError,
  TokenConfigError,
  TokenHttpError,
  TokenUnavailableError,
  UnsupportedTokenTypeError,
} from './errors.ts';
export type { TokenError } from './errors.ts';

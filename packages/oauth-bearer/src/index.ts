export { Token } from './token.ts';
export type { ClientAuthMethod, TokenConfig } from './token-config.ts';
export type { GetOptions, TokenHandle, TokenState, TokenStatus } from './token-handle.ts';
export type { AccessToken } from './access-token.ts';
export { fixedToken } from './fixed-token.ts';
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

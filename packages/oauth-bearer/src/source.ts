/** What authors of token sources and token handles need. */
export { AccessToken } from './access-token.ts';
export { DpopKeys } from './dpop/dpop-keys.ts';
export type { BoundDpopKey, DpopBinding } from './dpop/dpop-keys.ts';
export { InvalidTokenResponseError, ReauthorizationRequiredError, TokenClosedError } from './errors.ts';
export { TokenEndpoint } from './sources/token-endpoint.ts';
export type { EndpointRequest, GrantRequest, ServerOptions } from './sources/token-endpoint.ts';
export type { RevocationRequest } from './sources/revocation-request.ts';
export type { TokenHttpResponse } from './sources/token-request.ts';
export type { TokenServer } from './sources/token-server.ts';
export { defaultBackoff, pauseAfterFailureMs } from './token/failure-backoff.ts';
export type { FailureBackoff } from './token/failure-backoff.ts';
export { elapsedMs, instantNow } from './token/instant.ts';
export type { Instant } from './token/instant.ts';
export { noTokenStatus } from './token/no-token-status.ts';
export { RateLimiter, rotationBurst } from './token/rotation-limit.ts';

/** What authors of token sources and token handles need. */
export { AccessToken } from './access-token.ts';
export { InvalidTokenResponseError, ReauthorizationRequiredError, TokenClosedError } from './errors.ts';
export { TokenEndpoint } from './sources/token-endpoint.ts';
export type { EndpointRequest, GrantRequest, RevocationRequest } from './sources/token-endpoint.ts';
export type { TokenHttpResponse } from './sources/token-request.ts';
export type { TokenServer } from './sources/token-server.ts';
export { defaultBackoff, pauseAfterFailureMs } from './token/failure-backoff.ts';
export { elapsedMs, instantNow } from './token/instant.ts';
export type { Instant } from './token/instant.ts';
export { RateLimiter, rotationBurst } from './token/rotation-limit.ts';

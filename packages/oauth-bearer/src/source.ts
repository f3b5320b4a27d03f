/** What authors of token sources need: the request to a token endpoint, with discovery and client authentication. */
export { TokenEndpoint } from './sources/token-endpoint.ts';
export type { GrantRequest, RevocationRequest } from './sources/token-endpoint.ts';
export type { TokenHttpResponse } from './sources/token-request.ts';
export type { TokenServer } from './sources/token-server.ts';

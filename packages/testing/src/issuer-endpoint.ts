/** What an issuer can be asked. */
export type IssuerEndpoint = 'metadata' | 'token' | 'jwks';

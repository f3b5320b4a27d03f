/** An endpoint of an issuer. */
export type IssuerEndpoint = 'metadata' | 'token' | 'jwks';

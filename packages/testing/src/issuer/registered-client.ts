import type { JsonWebKeyInput } from 'node:crypto';

/** Named so because not every version of `@types/node` exports `JsonWebKey`. */
type JsonWebKey = JsonWebKeyInput['key'];

/** A client registered at an issuer. */
export interface RegisteredClient {
  readonly clientId: string;
  /** For `client_secret_basic` and `client_secret_post`. Several secrets are all valid, for a secret rotation. */
  readonly clientSecret?: string | readonly string[];
  /** The public key for `private_key_jwt`, as a JWK. A client without secret and key is a public client. */
  readonly publicKey?: JsonWebKey;
  /** The allowed scopes, and the granted scopes if the request has none. Default: all requested scopes. */
  readonly scopes?: readonly string[];
  /** The allowed redirect URIs, compared exactly. Default: all. */
  readonly redirectUris?: readonly string[];
}

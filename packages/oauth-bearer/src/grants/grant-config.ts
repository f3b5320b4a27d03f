import type { TokenFile } from '../client-auth/given-token.ts';
import type { PrivateKey } from '../client-auth/private-key.ts';

/** How the token is requested. Default: `client_credentials`. */
export type GrantConfig = ClientCredentialsConfig | TokenExchangeConfig | JwtBearerConfig;

/** The client's own token (RFC 6749 §4.4). */
export interface ClientCredentialsConfig {
  readonly type: 'client_credentials';
}

/** A token that is exchanged or presented: a file that is read at each acquisition, or a function. */
export type GivenTokenConfig = TokenFile | (() => string | Promise<string>);

/** Exchanges a token for one of this server (RFC 8693). The new one is never used for longer than the subject's JWT is valid. */
export interface TokenExchangeConfig {
  readonly type: 'token_exchange';
  /** The token of the party on whose behalf the request is made. */
  readonly subjectToken: GivenTokenConfig;
  /** Its type (RFC 8693 §3). Default: `access_token`. */
  readonly subjectTokenType?: TokenTypeName | undefined;
  /** The token of the party that acts. Default: none, so the client acts. */
  readonly actorToken?: GivenTokenConfig | undefined;
  /** Its type. Default: `access_token`. */
  readonly actorTokenType?: TokenTypeName | undefined;
  /** The type of token that is requested. Default: the server's own choice. */
  readonly requestedTokenType?: TokenTypeName | undefined;
}

/** Presents a JWT as the grant (RFC 7523 §2.1): one of another party, or one that is signed here. */
export interface JwtBearerConfig {
  readonly type: 'jwt_bearer';
  /** A JWT of another party. Either this or `privateKey`. */
  readonly assertion?: GivenTokenConfig | undefined;
  /** The key that signs the JWT. */
  readonly privateKey?: PrivateKey | undefined;
  /** The `kid` in its header. Default: the `kid` of a JWK, else none. */
  readonly keyId?: string | undefined;
  /** Its algorithm. Default: depends on the key, such as RS256 or ES256. */
  readonly signingAlg?: string | undefined;
  /** Its `iss`. Default: the client. */
  readonly issuer?: string | undefined;
  /** Its `sub`: the user or account that the token is for. Default: `issuer`. */
  readonly subject?: string | undefined;
  /** Its `aud`. Default: the issuer of the server; the token endpoint when only that is known. */
  readonly audience?: string | undefined;
  /** Further claims, such as `scope` for Google. Default: none. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}

/** A type of token by its short name (RFC 8693 §3), or another URI. */
export type TokenTypeName =
  | 'access_token'
  | 'refresh_token'
  | 'id_token'
  | 'jwt'
  | 'saml1'
  | 'saml2'
  | `${string}:${string}`;

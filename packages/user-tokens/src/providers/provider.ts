import type { ClientAuthMethod } from '@bearings/oauth-bearer';

/** The endpoints of a provider without metadata. */
export interface ProviderEndpoints {
  readonly authorization: string;
  readonly token: string;
  readonly revocation?: string | undefined;
  readonly deviceAuthorization?: string | undefined;
}

/** Where the account's id is when there is no ID token. */
export interface AccountLookup {
  /** Called with the access token, by GET. Default: the id is in the token response. */
  readonly url?: string | undefined;
  /** The path of the member, such as `id` or `data.user.id`; several when only all of them together name an account. */
  readonly member: string | readonly string[];
}

/** What an error code means, in the words of RFC 6749 §5.2, RFC 8628 §3.5 and RFC 6749 §4.1.2.1. */
export type StandardError =
  /** The grant has ended: only new consent helps. */
  | 'invalid_grant'
  /** The client's secret or id is wrong. */
  | 'invalid_client'
  /** The request or the registration is wrong. */
  | 'invalid_request'
  | 'access_denied'
  | 'expired_token'
  /** The provider has an outage. */
  | 'server_error'
  /** Too many requests. */
  | 'temporarily_unavailable';

/** What differs between providers, as data. Everything has a default; the defaults are the standard. */
export interface Provider {
  /** The issuer, whose metadata are discovered. One of this, `endpoints` and `protectedResource`. */
  readonly issuerUrl?: string | undefined;
  /** The URL of a protected resource, such as an MCP server: its metadata name the issuer (RFC 9728), and tokens are for it. */
  readonly protectedResource?: string | undefined;
  readonly endpoints?: ProviderEndpoints | undefined;
  /** Further parameters of the authorization request, such as `{ prompt: 'consent' }`. */
  readonly authParams?: Readonly<Record<string, string>> | undefined;
  /** Further parameters of every token request. */
  readonly tokenParams?: Readonly<Record<string, string>> | undefined;
  /** The name of the parameter with the scopes. Default: `scope`. */
  readonly scopeParam?: string | undefined;
  /** What separates scopes in authorization requests. Default: a space (RFC 6749 §3.3). */
  readonly scopeSeparator?: ' ' | ',' | undefined;
  /** What separates scopes in token responses; with a comma, a space does too. Default: as in requests. */
  readonly grantedScopeSeparator?: ' ' | ',' | undefined;
  /** The scope that makes the provider issue a refresh token, added to every request. Default: none. */
  readonly offlineScope?: string | undefined;
  /** Default: as the metadata say, else `client_secret_basic`. */
  readonly clientAuthMethod?: ClientAuthMethod | undefined;
  /** How the token request is written. Default: `form`. */
  readonly tokenBody?: 'form' | 'json' | undefined;
  /** The member of the token response that has the tokens, such as `authed_user`. Default: they are at the top. */
  readonly tokenPath?: string | undefined;
  /** Further values of `token_type` that mean Bearer. Default: none. */
  readonly bearerTypes?: readonly string[] | undefined;
  /** The member of an error response that has the code. Default: `error`, which is always read first. */
  readonly errorMember?: string | undefined;
  /**
   * What the provider's own error codes mean. A key is a code, or a code and a description, as in
   * `invalid_grant: login rate exceeded`. Default: codes mean what the standard says.
   */
  readonly errorCodes?: Readonly<Record<string, StandardError>> | undefined;
  /**
   * The lifetime of an access token whose answer has no `expires_in`. `Infinity` for one that does not expire. Default:
   * 5 min with a refresh token, `Infinity` without.
   */
  readonly defaultTtlMs?: number | undefined;
  /** Default: the `sub` of the ID token. */
  readonly account?: AccountLookup | undefined;
  /** Members of the token response that are kept, sealed, with the tokens, such as `instance_url`. */
  readonly extras?: readonly string[] | undefined;
  /** The resource, or resources, that the token is for (RFC 8707): sent with every request. */
  readonly resource?: string | readonly string[] | undefined;
}

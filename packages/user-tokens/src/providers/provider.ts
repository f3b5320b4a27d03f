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
  /** Called with the access token, by GET. */
  readonly url: string;
  /** The path of the member, such as `id` or `data.user.id`. */
  readonly member: string;
}

/** What differs between providers, as data. Everything has a default; the defaults are the standard. */
export interface Provider {
  /** The issuer, whose metadata are discovered. Either this or `endpoints`. */
  readonly issuerUrl?: string | undefined;
  readonly endpoints?: ProviderEndpoints | undefined;
  /** Further parameters of the authorization request, such as `{ prompt: 'consent' }`. */
  readonly authParams?: Readonly<Record<string, string>> | undefined;
  /** Further parameters of every token request. */
  readonly tokenParams?: Readonly<Record<string, string>> | undefined;
  /** Default: a space (RFC 6749 §3.3). */
  readonly scopeSeparator?: ' ' | ',' | undefined;
  /** The scope that makes the provider issue a refresh token, added to every request. Default: none. */
  readonly offlineScope?: string | undefined;
  /** Default: as the metadata say, else `client_secret_basic`. */
  readonly clientAuthMethod?: ClientAuthMethod | undefined;
  /** How the token request is written. Default: `form`. */
  readonly tokenBody?: 'form' | 'json' | undefined;
  /** Where the tokens are in the answer, such as `authed_user`. Default: at the top. */
  readonly tokenPath?: string | undefined;
  /** The member of an error that has the code. Default: `error` (RFC 6749 §5.2). */
  readonly errorMember?: string | undefined;
  /** Error codes, or statuses of answers without a code, that mean "this refresh token is dead", besides `invalid_grant`. */
  readonly deadGrant?: readonly string[] | undefined;
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

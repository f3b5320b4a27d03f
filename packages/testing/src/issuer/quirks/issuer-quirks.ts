/** An error response in the form of a provider. */
export interface ProviderError {
  /** The code of the provider. */
  readonly code: string;
  /** Default: the status of `IssuerQuirks.errorStatus`, else that of the standard error. */
  readonly status?: number | undefined;
  /** Default: none. */
  readonly description?: string | undefined;
}

/** In what an issuer differs from the standard. Everything has a default: the standard. */
export interface IssuerQuirks {
  /** False if there is no metadata. Default: true. */
  readonly hasMetadata?: boolean;
  /** The name of the parameter with the scopes in authorization requests. Default: `scope`. */
  readonly scopeParam?: string;
  /** The separator of scopes in authorization requests. Default: a space. */
  readonly requestedScopeSeparator?: string;
  /** The separator of scopes in token responses. Default: a space. */
  readonly grantedScopeSeparator?: string;
  /** The form of token requests. Another form is refused. Default: `form`. */
  readonly tokenBody?: 'form' | 'json';
  /** The only place of client id and secret. Default: both. */
  readonly clientAuth?: 'basic' | 'post';
  /** True if the response is `application/x-www-form-urlencoded` unless the request accepts JSON. Default: false. */
  readonly answersFormByDefault?: boolean;
  /** True if a refresh with `scope` is refused. Default: false. */
  readonly refusesScopeOnRefresh?: boolean;
  /** True if only the first consent of an account, and one with `prompt=consent`, gives a refresh token. Default: false. */
  readonly refreshTokenAtFirstConsent?: boolean;
  /** The member of the response to a code that has the token; beside it is the token of a bot. Default: none. */
  readonly tokenPath?: string;
  /** The `token_type`. Default: `Bearer`. */
  readonly tokenType?: string;
  /** Members that token responses do not have. */
  readonly omits?: readonly string[];
  /** Members that token responses have besides. `{account}` in a text is replaced. */
  readonly adds?: Readonly<Record<string, unknown>>;
  /** The name of `refresh_token_expires_in`. */
  readonly refreshLifetimeMember?: string;
  /** The status of all error responses of the token endpoint. Default: as the standard says. */
  readonly errorStatus?: number;
  /** The member with the error code. Default: `error`. */
  readonly errorMember?: string;
  /** The member with the description. Default: `error_description`. */
  readonly descriptionMember?: string;
  /** Members that error responses have besides. */
  readonly errorAdds?: Readonly<Record<string, unknown>>;
  /** The provider's errors by standard code, or by code and grant, as in `invalid_grant of refresh_token`. */
  readonly errors?: Readonly<Record<string, ProviderError>>;
  /** The names of the account's id in userinfo, which then needs no scope. Default: `sub`. */
  readonly accountMember?: string;
}

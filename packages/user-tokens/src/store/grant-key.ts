/** Whose access to what: the tenant, the user, the connection and the account at the provider. */
export interface GrantKey {
  /** `''` when the application has no tenants. */
  readonly tenant: string;
  /** The application's own id of the user, never the provider's. */
  readonly user: string;
  /** The name of the connection in `connections`. */
  readonly connection: string;
  /** The account at the provider: `sub`, or what the provider has in its place; `''` when there is no such thing. */
  readonly account: string;
}

/** A key without the account means the account that the user connected first. */
export interface GrantQuery extends Omit<GrantKey, 'account'> {
  readonly account?: string | undefined;
}

/** What a user has granted to a client. Its tokens form a family: they can be revoked together. */
export interface UserGrant {
  /** The id of the family. */
  readonly id: string;
  readonly clientId: string;
  /** The account that granted it. */
  readonly account: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  /** When the user consented, in milliseconds since the epoch. */
  readonly grantedAt: number;
  /** True if the client gets a refresh token. */
  readonly isOffline: boolean;
}

/** What the issuer and the MCP server saw, and what the callers got. */
export interface Counts {
  /** Tool calls that the server ran. */
  readonly toolCalls: number;
  readonly tokenRequests: number;
  /** Refresh tokens that the issuer accepted. */
  readonly refreshes: number;
  /** Refresh tokens that the issuer got a second time. */
  readonly doubleRefreshes: number;
  /** Users without consent, who got a link. */
  readonly pending: number;
  readonly wrongUser: number;
  readonly failed: number;
}

/** Describes each broken promise. */
export function findBrokenPromises(counts: Counts): readonly string[] {
  const promises: readonly (readonly [kept: boolean, broken: string])[] = [
    [counts.failed === 0, `failed must be 0, not ${counts.failed}`],
    [counts.wrongUser === 0, `no answer may be for another user; ${counts.wrongUser} were`],
    [counts.toolCalls === 120, `each of 120 tool calls must run once; ${counts.toolCalls} ran`],
    [counts.refreshes === 1, `one revoked token of a user needs one refresh, not ${counts.refreshes}`],
    [counts.doubleRefreshes === 0, `no refresh token may be used twice; ${counts.doubleRefreshes} were`],
    [
      counts.tokenRequests === 5,
      `a machine needs 2 token requests, two users 2 codes and a refresh; there were ${counts.tokenRequests}`,
    ],
  ];
  return promises.filter(([kept]) => !kept).map(([, broken]) => broken);
}

import type { Observations } from './scenario.ts';

/** What the servers saw: the load balancer, the providers and the APIs. */
export interface Counts {
  readonly users: number;
  readonly toolCalls: number;
  /** Tool calls answered with a link. */
  readonly pending: number;
  readonly refreshes: number;
  /** Refresh tokens that a provider got a second time. */
  readonly doubleRefreshes: number;
  /** API calls for one user with the token of another. */
  readonly wrongUser: number;
  /** Refresh tokens that a provider refused although their users had not withdrawn anything. */
  readonly lostGrants: number;
  /** Tool calls with neither a result nor a link. */
  readonly failed: number;
}

/** Describes each broken promise. */
export function findBrokenPromises(counts: Counts, observed: Observations): readonly string[] {
  const grants = counts.users * 2;
  const promises: readonly (readonly [kept: boolean, broken: string])[] = [
    [counts.failed === 0, `failed must be 0, not ${counts.failed}`],
    [counts.doubleRefreshes === 0, `no refresh token may be used twice; ${counts.doubleRefreshes} were`],
    [counts.wrongUser === 0, `no call may have another user's token; ${counts.wrongUser} had`],
    [counts.lostGrants === 0, `no grant may be lost; ${counts.lostGrants} were`],
    [
      counts.pending === grants + observed.askedAgain,
      `a user is asked once for each grant, and when it was withdrawn; pending must not be ${counts.pending}`,
    ],
    [observed.askedAgain > 0, 'a tool must be pending after consent was withdrawn'],
    [
      observed.burstRefreshes === grants,
      `${grants} expired grants need ${grants} refreshes, not ${observed.burstRefreshes}`,
    ],
    [observed.rotations === 1, `one revoked token needs one refresh, not ${observed.rotations}`],
    [observed.takeovers === 1, `the other replica must refresh once after the kill, not ${observed.takeovers} times`],
  ];
  return promises.filter(([kept]) => !kept).map(([, broken]) => broken);
}

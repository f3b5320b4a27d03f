/** The requests that the two servers received, and the results that billing got. */
export interface Counts {
  readonly discovery: number;
  readonly tokenRequests: number;
  readonly calls: number;
  readonly failed: number;
  readonly rotations: number;
  readonly replays: number;
  readonly unauthorizedSeenByCaller: number;
}

/** What was observed during the scenario; the final counts do not show it. */
export interface Observations {
  readonly renewalsAheadOfExpiry: number;
  /** Calls rejected by the API before a token was revoked. */
  readonly rejectedBeforeRevocation: number;
  /** Token requests while the API rejected a revoked token. */
  readonly rotations: number;
  readonly outageCalls: number;
  readonly outageFailures: number;
  readonly renewalsAfterOutage: number;
}

/** Describes each broken promise. */
export function findBrokenPromises(counts: Counts, observed: Observations): readonly string[] {
  const promises: readonly (readonly [kept: boolean, broken: string])[] = [
    [counts.discovery === 1, `discovery happens once, not ${counts.discovery} times`],
    [counts.failed === 0, `failed must be 0, not ${counts.failed}`],
    [counts.unauthorizedSeenByCaller === 0, `a 401 must not reach the caller; ${counts.unauthorizedSeenByCaller} did`],
    [counts.rotations === 1, `rotations must be 1 for all calls together, not ${counts.rotations}`],
    [observed.renewalsAheadOfExpiry > 0, 'a token must be renewed before it expires'],
    [
      observed.rejectedBeforeRevocation === 0,
      `a renewal must not cause a 401; ${observed.rejectedBeforeRevocation} calls got one`,
    ],
    [
      observed.outageCalls > 0 && observed.outageFailures === 0,
      'calls must succeed while the identity provider is down',
    ],
    [observed.renewalsAfterOutage > 0, 'a token must be renewed after the identity provider is back'],
  ];
  return promises.filter(([kept]) => !kept).map(([, broken]) => broken);
}

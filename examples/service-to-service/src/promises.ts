/** What the two servers saw, and what came back to billing. */
export interface Findings {
  readonly discovery: number;
  readonly tokenRequests: number;
  readonly calls: number;
  readonly failed: number;
  readonly rotations: number;
  readonly replays: number;
  readonly unauthorizedSeenByCaller: number;
}

/** What was true at its time, and no count at the end shows. */
export interface Circumstances {
  readonly renewalsAheadOfExpiry: number;
  /** Calls that the API turned away before any token was revoked. */
  readonly rejectedBeforeRevocation: number;
  /** Token requests while the API turned a revoked token away. */
  readonly rotations: number;
  readonly outageCalls: number;
  readonly outageFailures: number;
  readonly renewalsAfterOutage: number;
}

/** Names each promise that was broken. */
export function brokenPromises(found: Findings, when: Circumstances): readonly string[] {
  const promises: readonly (readonly [kept: boolean, broken: string])[] = [
    [found.discovery === 1, `discovery happens once, not ${found.discovery} times`],
    [found.failed === 0, `failed must be 0, not ${found.failed}`],
    [found.unauthorizedSeenByCaller === 0, `a 401 must not reach the caller; ${found.unauthorizedSeenByCaller} did`],
    [found.rotations === 1, `rotations must be 1 for all calls together, not ${found.rotations}`],
    [when.renewalsAheadOfExpiry > 0, 'a token must be renewed ahead of its expiry'],
    [when.rejectedBeforeRevocation === 0, `renewal must cost no call a 401; ${when.rejectedBeforeRevocation} got one`],
    [when.outageCalls > 0 && when.outageFailures === 0, 'calls must go on while the identity provider is down'],
    [when.renewalsAfterOutage > 0, 'a token must be renewed once the identity provider is back'],
  ];
  return promises.filter(([kept]) => !kept).map(([, broken]) => broken);
}

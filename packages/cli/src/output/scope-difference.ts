/** The difference between the requested and the granted scopes. */
export interface ScopeDifference {
  /** Requested, not granted. */
  readonly missing: readonly string[];
  /** Granted, not requested. */
  readonly extra: readonly string[];
}

/** Scopes about the answer itself: servers do not list them among the scopes of the access token. */
const unlisted: ReadonlySet<string> = new Set(['openid', 'offline_access']);

/** Compares scopes; their order has no meaning (RFC 6749 §3.3). `extra` is empty when none were requested. */
export function compareScopes(requested: readonly string[], granted: readonly string[]): ScopeDifference {
  return {
    missing: requested.filter((scope) => !granted.includes(scope) && !unlisted.has(scope)),
    extra: requested.length === 0 ? [] : granted.filter((scope) => !requested.includes(scope)),
  };
}

/** How what was granted differs from what was asked for. */
export interface ScopeDifference {
  /** Asked for and not granted. */
  readonly missing: readonly string[];
  /** Granted and not asked for. */
  readonly extra: readonly string[];
}

/** Compares scopes, whose order means nothing (RFC 6749 §3.3). Who asked for none gets nothing extra. */
export function compareScopes(requested: readonly string[], granted: readonly string[]): ScopeDifference {
  return {
    missing: requested.filter((scope) => !granted.includes(scope)),
    extra: requested.length === 0 ? [] : granted.filter((scope) => !requested.includes(scope)),
  };
}

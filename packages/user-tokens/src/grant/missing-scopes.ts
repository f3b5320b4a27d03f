/** Scopes about the answer itself: servers do not list them among the scopes of the access token. */
const unlisted: ReadonlySet<string | undefined> = new Set(['openid', 'offline_access']);

/**
 * The scopes that are asked for and not granted.
 *
 * @param offlineScope - the one that makes the provider issue a refresh token: it is not listed either
 */
export function findMissingScopes(
  granted: readonly string[],
  asked: readonly string[],
  offlineScope: string | undefined,
): readonly string[] {
  return asked.filter((scope) => !granted.includes(scope) && !unlisted.has(scope) && scope !== offlineScope);
}

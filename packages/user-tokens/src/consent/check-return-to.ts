import { UserTokensConfigError } from '../errors.ts';

/**
 * One slash, then visible ASCII without a backslash: browsers read `//evil` and `/\evil` as another host, and remove
 * tabs and line breaks before they look.
 */
const pathPattern = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;
const maxLength = 2_000;

/**
 * Checks where the browser goes after consent: a path of the application's own origin, such as `/settings?tab=2`. It is
 * sent as it is, because resolving `/.//evil` would make it `//evil`.
 *
 * @throws UserTokensConfigError
 */
export function checkReturnTo(returnTo: unknown): string {
  const isPath = typeof returnTo === 'string' && returnTo.length <= maxLength && pathPattern.test(returnTo);
  if (isPath) return returnTo;
  throw new UserTokensConfigError(
    'returnTo',
    "must be a path of your own origin, such as '/settings': one slash at the start, no backslash, no space, at most 2,000 characters",
  );
}

import { UserTokensConfigError } from './errors.ts';

/** Long enough for any id, short enough for an index of a database. */
const longestId = 512;

/**
 * Checks an id that comes from the application: of a user, a tenant, an account.
 *
 * @throws UserTokensConfigError that does not quote it
 */
export function checkId(field: string, id: unknown, mayBeEmpty = false): asserts id is string {
  const problem = findProblem(id, mayBeEmpty);
  if (problem !== undefined) throw new UserTokensConfigError(field, problem);
}

function findProblem(id: unknown, mayBeEmpty: boolean): string | undefined {
  if (typeof id !== 'string') return `must be text, not ${id === null ? 'null' : typeof id}`;
  if (id === '' && !mayBeEmpty) return 'must not be empty';
  if (id.length > longestId) return `must have at most ${longestId} characters, not ${id.length}`;
  if (!id.isWellFormed() || /\p{Cc}/u.test(id)) return 'must not have control characters or half surrogate pairs';
  return undefined;
}

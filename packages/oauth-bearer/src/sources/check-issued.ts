import { isBearingsError } from '@bearings/client';
import { Err } from 'ts-results';
import type { Result } from 'ts-results';
import { methodsRule } from '@bearings/client/layer';
import { InvalidTokenResponseError, TokenUnavailableError } from '../errors.ts';
import type { FailureKind, TokenError } from '../errors.ts';
import type { IssuedToken } from './token-source.ts';

/** The source that answered, for its failures. */
export interface IssuedBy {
  /** What errors call it. */
  readonly origin: string;
  /** The kind of a failure that the source does not report itself. */
  readonly kind: FailureKind;
}

/**
 * Checks what a source answered: TypeScript does not hold a JavaScript caller to its types.
 *
 * A token with a lifetime of 0 is refused with `INVALID_TOKEN_RESPONSE`. It has expired when it comes (RFC 6749 §5.1), so each
 * call would need a token request. As a failure it is reported at the start, and the pause after failures limits the
 * requests. Some servers write `expires_in: 0` for "does not expire"; that is not assumed, because it would keep a dead
 * token for ever.
 */
export function checkIssued(answer: unknown, { origin, kind }: IssuedBy): Result<IssuedToken, TokenError> {
  if (!isResult(answer)) return wrong('with something that is not a Result', kind);
  if (answer.isErr())
    return isBearingsError(answer.error) && answer.error.source === 'oauth-bearer'
      ? answer
      : wrong('with an error that is not a TokenError', kind);
  const problem = findProblem(answer.value);
  if (problem !== undefined) return wrong(problem, kind);
  return answer.value.lifetimeMs > 0 ? answer : Err(new InvalidTokenResponseError(expiredAtOnce(origin), { kind }));
}

const expiredAtOnce = (origin: string): string =>
  `${origin} issued a token whose lifetime is 0, so it had expired when it came. Set its lifetime on the server`;

function wrong(problem: string, kind: FailureKind): Result<IssuedToken, TokenError> {
  return Err(new TokenUnavailableError(`the token source answered ${problem}`, { kind }));
}

/** Compared by its members: a source may use another copy of the library. */
function isResult(answer: unknown): answer is Result<IssuedToken, TokenError> {
  if (typeof answer !== 'object' || answer === null) return false;
  return 'isErr' in answer && typeof answer.isErr === 'function' && ('value' in answer || 'error' in answer);
}

const headerValue = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const schemes: ReadonlySet<unknown> = new Set(['Bearer', 'DPoP', 'Basic', 'none']);

const dpopKeyRule = methodsRule('a DpopKey', 'sign', 'keepNonce');

type Unchecked = Partial<Readonly<Record<keyof IssuedToken, unknown>>> | null | undefined;

function findProblem(issued: Unchecked): string | undefined {
  if (typeof issued !== 'object' || issued === null) return 'without a token';
  const { value, lifetimeMs, ageMs = 0, scopes = [], scheme = 'Bearer', username = '', dpopKey } = issued;
  if (typeof value !== 'string' || value === '') return 'with a value that is not a string';
  if (scheme !== 'Basic' && !headerValue.test(value)) return 'with a token that no header can carry';
  if (typeof lifetimeMs !== 'number' || !(lifetimeMs >= 0)) return 'with a lifetimeMs that is not a duration';
  if (typeof ageMs !== 'number' || !(ageMs >= 0)) return 'with an ageMs that is not a duration';
  if (!Array.isArray(scopes) || scopes.some((scope) => typeof scope !== 'string'))
    return 'with scopes that are not strings';
  if (!schemes.has(scheme) || typeof username !== 'string') return 'with an unknown scheme or username';
  if (scheme === 'DPoP' && !dpopKeyRule.test(dpopKey)) return 'with a DPoP token, but without its dpopKey';
  return undefined;
}

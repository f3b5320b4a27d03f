import type { AccessToken, TokenError } from '@bearings/oauth-bearer';
import type { Result } from 'ts-results';
import { formatDuration } from '../../output/format-duration.ts';
import type { RequestFacts } from '../../output/token-http-remedies.ts';
import { tokenErrorCause, tokenErrorRemedy } from '../../output/token-remedies.ts';
import { failed, ok } from './check.ts';
import type { Check, Finding } from './check.ts';
import type { AnswerFacts } from './tracked-responses.ts';

/** A token, or why there is none, and what is known about it. */
export interface Acquisition {
  readonly result: Result<AccessToken, TokenError>;
  /** What the client sends, and what the server offers. */
  readonly facts: RequestFacts;
  /** The last response of the token endpoint; `undefined` when there was none. */
  readonly answer: AnswerFacts | undefined;
  /** What the server offers besides; `undefined` for nothing. */
  readonly stronger: string | undefined;
}

/** The check `token`: does the authorization server issue a token? Or `login`: has the person a valid grant? */
export function tokenCheck(
  name: 'token' | 'login',
  dependsOn: readonly Check[],
  acquire: () => Promise<Acquisition>,
): Check {
  return { name, dependsOn, run: async () => toFinding(await acquire()) };
}

function toFinding({ result, facts, answer, stronger }: Acquisition): Finding {
  if (result.isOk()) {
    const { issuedAt, expiresAt, scheme } = result.value;
    const bound = scheme === 'DPoP' ? ', bound to a key (DPoP)' : '';
    const found = ok(`acquired, valid for ${formatDuration(expiresAt - issuedAt)}${bound}`);
    return stronger === undefined ? found : { ...found, remedy: stronger };
  }
  const { error } = result;
  const cause = tokenErrorCause(error);
  if (error.code !== 'TOKEN_HTTP') return failed(cause, tokenErrorRemedy(error, facts));
  const { requestId, isPage = false } = answer ?? {};
  const page = isPage ? ' with a page' : '';
  const message = `${cause}${page}${requestId === undefined ? '' : ` (${requestId})`}`;
  if (error.status < 500) return failed(message, tokenErrorRemedy(error, facts));
  if (isPage)
    return failed(message, 'A gateway or proxy answers in place of the authorization server: ask the operator of both');
  return failed(message, requestId === undefined ? tokenErrorRemedy(error, facts) : askWith(requestId));
}

const askWith = (requestId: string): string =>
  `Ask the operator of the authorization server, with this ${requestId.split(':')[0]}; --debug shows its answer`;

import type { AccessToken, TokenError } from '@bearings/oauth-bearer';
import type { Result } from 'ts-results';
import { formatDuration } from '../../output/format-duration.ts';
import { tokenErrorCause, tokenErrorRemedy } from '../../output/token-remedies.ts';
import { failed, ok } from './check.ts';
import type { Check, Finding } from './check.ts';

/** The check `token`: does the authorization server issue a token? Or `login`: has the person a valid grant? */
export function tokenCheck(
  name: 'token' | 'login',
  dependsOn: readonly Check[],
  acquire: () => Promise<Result<AccessToken, TokenError>>,
): Check {
  return { name, dependsOn, run: async () => toFinding(await acquire()) };
}

function toFinding(result: Result<AccessToken, TokenError>): Finding {
  if (result.isOk()) {
    const { issuedAt, expiresAt } = result.value;
    return ok(`acquired, valid for ${formatDuration(expiresAt - issuedAt)}`);
  }
  return failed(tokenErrorCause(result.error), tokenErrorRemedy(result.error));
}

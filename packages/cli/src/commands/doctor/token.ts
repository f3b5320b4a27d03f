import type { AccessToken, TokenError } from '@bearings/oauth-bearer';
import type { Result } from 'ts-results';
import { durationText } from '../../output/durations.ts';
import { causeOf, remedyFor } from '../../output/token-remedies.ts';
import { failed, ok } from './check.ts';
import type { Check, Finding } from './check.ts';

/** Token: the authorization server gives one. */
export function tokenCheck(needs: readonly Check[], acquire: () => Promise<Result<AccessToken, TokenError>>): Check {
  return { name: 'token', needs, run: async () => judged(await acquire()) };
}

function judged(answer: Result<AccessToken, TokenError>): Finding {
  if (answer.isOk()) {
    const { issuedAt, expiresAt } = answer.value;
    return ok(`acquired, and good for ${durationText(expiresAt - issuedAt)}`);
  }
  return failed(causeOf(answer.error), remedyFor(answer.error));
}

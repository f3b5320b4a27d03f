import { isBearingsError } from '@bearings/client';
import type { OpenUserTokens } from '@bearings/config';
import type { FlowResult, GrantSummary, UserTokens } from '@bearings/user-tokens';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { color } from '../../output/color.ts';
import { formatDuration } from '../../output/format-duration.ts';
import { printable } from '../../output/redaction.ts';
import { tokenErrorCause, tokenErrorRemedy } from '../../output/token-remedies.ts';
import type { LoginContext } from './login-context.ts';
import type { ConsentOutcome } from './watch-consent.ts';

/** How a login ended. */
export interface LoginResult extends ConsentOutcome {
  readonly result: FlowResult;
}

/** Keeps the new grant alone, and says what became of the login. */
export async function finishLogin(
  { result, grantId, error }: LoginResult,
  { users, purpose }: OpenUserTokens,
  { terminal, client, server }: LoginContext,
): Promise<ExitCode> {
  const { stdout, stderr } = terminal;
  if (result.status !== 'completed') {
    const why = failures.get(result.reason ?? result.status) ?? 'the login failed';
    const code = result.reason === undefined ? '' : ` (${result.reason})`;
    const cause =
      isBearingsError(error) && error.source === 'oauth-bearer'
        ? [`  ${tokenErrorCause(error)}`, `  → ${tokenErrorRemedy(error)}`]
        : [];
    const lines = [`${color(stderr, 'red', 'bearings:')} ${client}: not logged in: ${why}${code}`, ...cause];
    await stderr.write(`${printable(lines.join('\n'))}\n`);
    return exitCodes.noToken;
  }
  const grants = (await users.list(purpose)).unwrapOr([]);
  const grant = grants.find(({ id }) => id === grantId);
  for (const other of grants) if (other.id !== grantId && other.status !== 'revoked') await users.revoke(other.id);
  const account = grant?.account ? ` as ${grant.account}` : '';
  const lines = [`Logged in to ${client} at ${server}${account}.`, ...(await describeToken(users, purpose, grant))];
  await stdout.write(`${printable(lines.join('\n'))}\n`);
  return exitCodes.ok;
}

async function describeToken(
  users: UserTokens,
  purpose: OpenUserTokens['purpose'],
  grant: GrantSummary | undefined,
): Promise<readonly string[]> {
  const token = await users.for(purpose).get();
  if (token.isErr()) {
    const { error } = token;
    const isPart = error.code === 'REAUTHORIZATION_REQUIRED' && error.missingScopes.length > 0;
    return isPart ? [`You did not grant ${error.missingScopes.join(' ')}: log in again to use this client.`] : [];
  }
  const { issuedAt, expiresAt } = token.value;
  const lifetime = expiresAt === Infinity ? 'does not expire' : `is valid for ${formatDuration(expiresAt - issuedAt)}`;
  const hasEnd = expiresAt !== Infinity && grant?.hasRefreshToken !== true;
  const renewal = hasEnd
    ? '. The server issued no refresh token: log in again after that, or ask for offline_access'
    : '';
  return [`The token ${lifetime}${renewal}.`];
}

const anotherServer = 'the answer came from another server';
const uncertain = 'it is not certain whose account it is';
const lost = 'the grant could not be stored';

const failures: ReadonlyMap<string, string> = new Map([
  ['expired', 'you did not answer in time'],
  ['access_denied', 'access was not granted'],
  ['issuer_mismatch', anotherServer],
  ['issuer_missing', anotherServer],
  ['client_changed', anotherServer],
  ['code_refused', 'the server refused the code'],
  ['code_interrupted', 'the answer of the server was lost, and a code is sent once only'],
  ['id_token_missing', uncertain],
  ['id_token_invalid', uncertain],
  ['account_unknown', uncertain],
  ['undecryptable', lost],
  ['not_stored', lost],
  ['dpop_unsupported', 'the server does not issue DPoP tokens'],
  ['server_error', 'the server answered with an error'],
]);

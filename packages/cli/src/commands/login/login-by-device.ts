import type { ExitCode } from '../../exit-codes.ts';
import { formatDuration } from '../../output/format-duration.ts';
import type { LoginContext } from './login-context.ts';
import { finishLogin } from './finish-login.ts';
import { watchConsent } from './watch-consent.ts';

/**
 * Logs in with a code that the person enters on another device (RFC 8628); `undefined` when the server has no codes.
 *
 * @throws TokenError
 */
export async function loginByDevice(context: LoginContext): Promise<ExitCode | undefined> {
  const { terminal, clock, open } = context;
  const opened = await open();
  await using users = opened.users;
  const consent = watchConsent(users);
  const started = await users.authorizeDevice(opened.purpose);
  if (started.isErr()) throw started.error;
  if (started.value === undefined) return undefined;
  const { userCode, verificationUri, verificationUriComplete, expiresAt, wait } = started.value;
  const complete = verificationUriComplete === undefined ? [] : ['or open', `  ${verificationUriComplete}`];
  const lines = [
    'On any device, open',
    `  ${verificationUri}`,
    `and enter the code ${userCode}`,
    ...complete,
    `Waiting for you, at most ${formatDuration(expiresAt - clock.now())} …`,
  ];
  await terminal.stderr.write(`${lines.join('\n')}\n`);
  const result = await wait({ signal: terminal.interrupted });
  return await finishLogin({ result, ...consent() }, opened, context);
}

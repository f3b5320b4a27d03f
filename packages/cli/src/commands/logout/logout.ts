import { systemClock } from '@bearings/client';
import { grantServer, openUserTokens } from '@bearings/config';
import { openConfig } from '../../config/find-config.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { findLogin } from '../../grants/find-login.ts';
import { grantsOpener } from '../../grants/grants-opener.ts';
import { createNetwork } from '../../terminal/network.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { GlobalOptions } from '../../command-line/command-spec.ts';

/** The arguments of `bearings logout`. */
export interface LogoutArguments {
  readonly client: string;
  readonly global: GlobalOptions;
}

/**
 * `bearings logout`: revokes the tokens at the server, the refresh token first, and deletes them, whatever it answers.
 *
 * @throws UsageError | InvalidConfigError | TokenError
 */
export async function logout(terminal: Terminal, { client, global }: LogoutArguments): Promise<ExitCode> {
  const config = await openConfig(terminal, { config: global.config, names: [client] });
  const { auth, network: settings } = findLogin(config, client);
  const grants = await grantsOpener(terminal, config, global.key)();
  const { clock = systemClock, random = Math.random, stdout } = terminal;
  if (grants === undefined) {
    await stdout.write(`You were not logged in to ${client}.\n`);
    return exitCodes.ok;
  }
  await using network = createNetwork(terminal, global.debug, config);
  const transport = await network.open(settings);
  const injected = { clock, random, ...(transport === undefined ? { fetch: network.fetch } : { network: transport }) };
  const opened = await openUserTokens(config, auth, { ...grants, ...injected });
  if (opened.isErr()) throw opened.error;
  const { users, purpose } = opened.value;
  await using _ = users;
  const forgotten = await users.forget(purpose);
  if (forgotten.isErr()) throw forgotten.error;
  const { deleted, notRevoked } = forgotten.value;
  await stdout.write(`${describe(client, { deleted, notRevoked, server: grantServer(auth) })}\n`);
  return exitCodes.ok;
}

interface Ending {
  readonly deleted: number;
  readonly notRevoked: number;
  readonly server: string;
}

function describe(client: string, { deleted, notRevoked, server }: Ending): string {
  if (deleted === 0) return `You were not logged in to ${client}.`;
  if (notRevoked === 0) return `Logged out of ${client}: the tokens are revoked at ${server} and deleted.`;
  return [
    `Logged out of ${client}: the tokens are deleted.`,
    `${server} did not revoke all of them: end the session there as well, if others may have them.`,
  ].join('\n');
}

import { createClients } from '@bearings/config';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { mustHaveClients, openConfig } from '../../find-config.ts';
import { networkOf } from '../call/auth-debug-log.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../../usage-error.ts';

/** What `bearings auth token` is told. */
export interface TokenOrder {
  readonly client: string;
  /** Prints it on a terminal too. */
  readonly reveal: boolean;
  readonly config: string | undefined;
  readonly debug: boolean;
}

/**
 * Prints a client's token, or its static secret, and a line break.
 *
 * @throws UsageError on a TTY without `reveal`: what is on a screen is in its scrollback, and in screenshots
 * @throws TokenError when there is none
 */
export async function authToken(terminal: Terminal, order: TokenOrder): Promise<ExitCode> {
  const { client, reveal, debug } = order;
  if (terminal.stdout.isTTY && !reveal) throw new UsageError(onScreen);
  const config = await openConfig(terminal, { config: order.config, names: [client] });
  mustHaveClients(config, [client]);
  const tokens: TokenHandle[] = [];
  const onToken = (token: TokenHandle): void => void tokens.push(token);
  await using clients = await createClients(config, {
    ...networkOf(terminal, debug).options,
    names: [client],
    onToken,
  });
  void clients; // only their token is used
  const [token] = tokens;
  if (token === undefined) throw new UsageError(`${client} has no credential (auth.type: none)`);
  const answer = await token.get({ signal: terminal.interrupted });
  if (answer.isErr()) throw answer.error;
  await terminal.stdout.write(`${answer.value.secret.expose()}\n`);
  return exitCodes.ok;
}

const onScreen = [
  'a token is not printed on a terminal, where it stays in the scrollback',
  '  put it into a pipe or a file, or say --reveal',
].join('\n');

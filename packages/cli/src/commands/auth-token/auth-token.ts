import { orThrow } from '@bearings/client';
import { createClients } from '@bearings/config';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { openSharing } from '../../config/command-sharing.ts';
import { assertClientsExist, openConfig } from '../../config/find-config.ts';
import { grantsOpener } from '../../grants/grants-opener.ts';
import { createNetwork } from '../../terminal/network.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../../usage-error.ts';
import { formatToken } from './format-token.ts';
import type { TokenForm } from './format-token.ts';

/** The options of `bearings auth token`. */
export interface AuthTokenOptions {
  readonly client: string;
  /** Also prints it on a terminal. */
  readonly reveal: boolean;
  /** How to print it. Default: `text`. */
  readonly form?: TokenForm;
  readonly config: string | undefined;
  /** Where the key of stored logins is. */
  readonly key: string | undefined;
  readonly debug: boolean;
  /** False: the token is requested anew. Default: true. */
  readonly cache?: boolean | undefined;
}

/**
 * Prints a client's token, or its static secret, and a line break.
 *
 * @throws UsageError on a TTY without `reveal`: a terminal keeps the token in its scrollback, and in screenshots
 * @throws TokenError when the authorization server does not issue a token
 */
export async function authToken(terminal: Terminal, options: AuthTokenOptions): Promise<ExitCode> {
  const { client, reveal, debug } = options;
  if (terminal.stdout.isTTY && !reveal) throw new UsageError(terminalRefusal);
  const config = await openConfig(terminal, { config: options.config, names: [client], cache: options.cache });
  assertClientsExist(config, [client]);
  const tokens: TokenHandle[] = [];
  const onToken = (token: TokenHandle): void => void tokens.push(token);
  await using network = createNetwork(terminal, debug, config);
  await using shared = await openSharing(terminal, config, options);
  await using clients = await createClients(config, {
    ...network.options,
    sharing: shared.sharing,
    openGrants: grantsOpener(terminal, config, options.key),
    openNetwork: network.open,
    names: [client],
    onToken,
  });
  void clients; // created only for their token
  const [token] = tokens;
  if (token === undefined) throw new UsageError(`${client} has no credential (auth.type: none)`);
  const acquired = await orThrow(token.get({ signal: terminal.interrupted }));
  const { scopes } = token.status();
  const text = formatToken({ client, token: acquired, scopes }, { form: options.form ?? 'text', terminal });
  await terminal.stdout.write(`${text}\n`);
  return exitCodes.ok;
}

const terminalRefusal = [
  'the token is not printed: stdout is a terminal, which keeps it in its scrollback',
  '  write it to a pipe or a file, or pass --reveal',
].join('\n');

import { systemClock } from '@bearings/client';
import { untilAborted } from '@bearings/client/layer';
import { readCredentials } from '@bearings/config';
import type { Config } from '@bearings/config';
import { openSharing } from '../../config/command-sharing.ts';
import { assertClientsExist, openConfig } from '../../config/find-config.ts';
import type { FindConfigOptions } from '../../config/find-config.ts';
import { grantsOpener } from '../../grants/grants-opener.ts';
import { createNetwork } from '../../terminal/network.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { printableJson } from '../../output/redaction.ts';
import { toJsonStatus } from './status-json.ts';
import { statusTable } from './status-table.ts';
import { watchCredential } from './watched-credential.ts';
import type { CredentialStatus, WatchedCredential } from './watched-credential.ts';
import { watchStatuses } from './watch-statuses.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** Which credentials to show, and how. */
export interface AuthStatusOptions extends FindConfigOptions {
  /** Names of clients. Default: all. */
  readonly clients?: readonly string[];
  /** Prints JSON. Default: false. */
  readonly json?: boolean | undefined;
  /** Keeps showing them until ctrl-C. Default: false. */
  readonly watch?: boolean | undefined;
  /** Where the key of stored logins is. */
  readonly key?: string | undefined;
  /** Shows the exchanges with the authorization server on stderr. Default: false. */
  readonly debug?: boolean | undefined;
}

/**
 * `bearings auth status`: acquires a token for each credential, all in parallel, and shows their state.
 *
 * @throws UsageError | InvalidConfigError | TokenConfigError
 */
export async function authStatus(terminal: Terminal, options: AuthStatusOptions): Promise<ExitCode> {
  const { clock = systemClock, random = Math.random, interrupted } = terminal;
  const given = options.clients?.length ? options.clients : undefined;
  const config = await openConfig(terminal, { config: options.config, names: given, cache: options.cache });
  const names = given ?? Object.keys(config.clients);
  assertClientsExist(config, names);
  await using network = createNetwork(terminal, options.debug === true, config);
  await using shared = await openSharing(terminal, config, options);
  const sharing = shared.sharing === false ? undefined : shared.sharing;
  const openGrants = grantsOpener(terminal, config, options.key);
  const credentials: WatchedCredential[] = [];
  try {
    for (const credential of readCredentials(selectClients(config, names))) {
      const transport = await network.open(credential.network);
      const tokenOptions = { fetch: network.fetch, network: transport, clock, random, openGrants, sharing };
      credentials.push(await watchCredential(config, credential, tokenOptions));
    }
    await untilAborted(Promise.all(credentials.map(({ acquire }) => acquire())), interrupted);
    if (options.watch !== true) return await printStatuses(credentials, terminal, options);
    await watchStatuses(credentials, terminal, { clock, json: options.json });
    return exitCodes.ok;
  } catch (cause) {
    if (interrupted.aborted && options.watch === true) return exitCodes.ok;
    throw cause;
  } finally {
    await Promise.all(credentials.map(({ close }) => close()));
  }
}

function selectClients({ clients }: Config, names: readonly string[]): Pick<Config, 'clients'> {
  return { clients: Object.fromEntries(Object.entries(clients).filter(([name]) => names.includes(name))) };
}

async function printStatuses(
  credentials: readonly WatchedCredential[],
  terminal: Terminal,
  { json }: AuthStatusOptions,
): Promise<ExitCode> {
  const { stdout, clock = systemClock } = terminal;
  const statuses = credentials.map(({ status }) => status());
  if (json === true) await stdout.write(`${printableJson({ credentials: statuses.map(toJsonStatus) }, 2)}\n`);
  else await stdout.write(formatStatuses(statuses, terminal, clock.now()));
  return statuses.every(hasToken) ? exitCodes.ok : exitCodes.noToken;
}

const hasToken = ({ state }: CredentialStatus): boolean => state === 'fresh' || state === 'stale' || state === 'static';

function formatStatuses(statuses: readonly CredentialStatus[], { stdout }: Terminal, now: number): string {
  if (statuses.length === 0) return 'These clients have no credential.\n';
  return statusTable(statuses, { output: stdout, now })
    .map((line) => `${line}\n`)
    .join('');
}

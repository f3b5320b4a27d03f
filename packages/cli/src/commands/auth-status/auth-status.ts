import { systemClock } from '@bearings/client';
import { untilAborted } from '@bearings/client/layer';
import { readCredentials } from '@bearings/config';
import type { Config } from '@bearings/config';
import { mustHaveClients, openConfig } from '../../find-config.ts';
import type { ConfigChoice } from '../../find-config.ts';
import { networkOf } from '../call/auth-debug-log.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { printableJson } from '../../output/redaction.ts';
import { jsonStatus } from './status-json.ts';
import { statusTable } from './status-table.ts';
import { watchCredential } from './watched-credential.ts';
import type { CredentialStatus, WatchedCredential } from './watched-credential.ts';
import { watchStatuses } from './watch-statuses.ts';
import type { Terminal } from '../../terminal/terminal.ts';

/** Whose credentials are shown, and how. */
export interface AuthStatusOptions extends ConfigChoice {
  /** Clients by name. Default: all. */
  readonly clients?: readonly string[];
  /** For machines. Default: false. */
  readonly json?: boolean | undefined;
  /** Until ctrl-C. Default: false. */
  readonly watch?: boolean | undefined;
  /** Shows the exchanges with the authorization server on stderr. Default: false. */
  readonly debug?: boolean | undefined;
}

/**
 * `bearings auth status`: acquires a token for each credential, all at once, and shows what came of it.
 *
 * @throws UsageError | InvalidConfigError | TokenConfigError
 */
export async function authStatus(terminal: Terminal, options: AuthStatusOptions): Promise<ExitCode> {
  const { clock = systemClock, random = Math.random, interrupted } = terminal;
  const given = options.clients?.length ? options.clients : undefined;
  const config = await openConfig(terminal, { config: options.config, names: given });
  const names = given ?? Object.keys(config.clients);
  mustHaveClients(config, names);
  const { fetch } = networkOf(terminal, options.debug === true);
  const credentials: WatchedCredential[] = [];
  try {
    for (const credential of readCredentials(only(config, names))) {
      credentials.push(await watchCredential(config, credential, { fetch, clock, random }));
    }
    await untilAborted(Promise.all(credentials.map(({ acquire }) => acquire())), interrupted);
    if (options.watch !== true) return await tell(credentials, terminal, options);
    await watchStatuses(credentials, terminal, { clock, json: options.json });
    return exitCodes.ok;
  } catch (cause) {
    if (interrupted.aborted && options.watch === true) return exitCodes.ok;
    throw cause;
  } finally {
    await Promise.all(credentials.map(({ close }) => close()));
  }
}

function only({ clients }: Config, names: readonly string[]): Pick<Config, 'clients'> {
  return { clients: Object.fromEntries(Object.entries(clients).filter(([name]) => names.includes(name))) };
}

async function tell(
  credentials: readonly WatchedCredential[],
  terminal: Terminal,
  { json }: AuthStatusOptions,
): Promise<ExitCode> {
  const { stdout, clock = systemClock } = terminal;
  const statuses = credentials.map(({ status }) => status());
  if (json === true) await stdout.write(`${printableJson({ credentials: statuses.map(jsonStatus) }, 2)}\n`);
  else await stdout.write(linesOf(statuses, terminal, clock.now()));
  return statuses.every(hasToken) ? exitCodes.ok : exitCodes.noToken;
}

const hasToken = ({ state }: CredentialStatus): boolean => state === 'fresh' || state === 'stale' || state === 'static';

function linesOf(statuses: readonly CredentialStatus[], { stdout }: Terminal, now: number): string {
  if (statuses.length === 0) return 'These clients have no credential.\n';
  return statusTable(statuses, { output: stdout, now })
    .map((line) => `${line}\n`)
    .join('');
}

import { systemClock } from '@bearings/client';
import { createClients } from '@bearings/config';
import type { Config, ConfiguredCredential } from '@bearings/config';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { mustHaveClients, readConfig } from '../../find-config.ts';
import type { ConfigChoice } from '../../find-config.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { networkOf } from '../call/auth-debug-log.ts';
import type { Network } from '../call/auth-debug-log.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { apiCheck } from './api.ts';
import type { Line, Subject } from './check.ts';
import { watchClocks } from './clock-watch.ts';
import { configSubject } from './config-subject.ts';
import { credentialSubject } from './credential-subject.ts';
import type { CredentialSubject } from './credential-subject.ts';
import { placesWith } from './place.ts';
import { systemProbes } from './probes.ts';
import type { Probes } from './probes.ts';
import { reachChecks } from './reach.ts';
import { jsonOf, tellLines } from './report.ts';
import { runChecks } from './run-checks.ts';

/** What is to be looked at. */
export interface DoctorOptions extends ConfigChoice {
  /** Clients by name, with their credentials. Default: all. */
  readonly clients?: readonly string[];
  /** Machine-readable, in one piece in the end. Default: false. */
  readonly json?: boolean | undefined;
  /** Shows the exchanges with the authorization server on stderr. Default: false. */
  readonly debug?: boolean | undefined;
}

/**
 * `bearings doctor`: finds what is wrong between a config and an answer of the API, in the order in which one thing
 * needs the other.
 *
 * @throws UsageError | InvalidConfigError when there is no config, or no such client
 */
export async function doctor(terminal: Terminal, options: DoctorOptions, probes?: Probes): Promise<ExitCode> {
  const found = await readConfig(terminal, { config: options.config, names: [] }); // secrets have a check of their own
  const about = configSubject({ ...found, env: terminal.env });
  if (found.config.isErr()) {
    await tell(runChecks([about], terminal.interrupted), terminal, options);
    return exitCodes.usage;
  }
  const config = found.config.value;
  const names = options.clients?.length ? options.clients : Object.keys(config.clients);
  mustHaveClients(config, names);
  const network = networkOf(terminal, options.debug === true);
  const lines = await tell(examine({ config, names, about, network, probes }, terminal), terminal, options);
  return exitCodeOf(lines);
}

/** A secret that is not where the config says is a fault of the config. */
function exitCodeOf(lines: readonly Line[]): ExitCode {
  const failed = lines.filter(({ verdict }) => verdict === 'failed');
  if (failed.some(({ check }) => check === 'secret')) return exitCodes.usage;
  return failed.length > 0 ? exitCodes.unexpected : exitCodes.ok;
}

async function tell(lines: AsyncIterable<Line>, terminal: Terminal, { json }: DoctorOptions): Promise<readonly Line[]> {
  if (json !== true) return tellLines(lines, terminal);
  const all: Line[] = [];
  for await (const line of lines) all.push(line);
  await terminal.stdout.write(jsonOf(all));
  return all;
}

interface Case {
  readonly config: Config;
  readonly names: readonly string[];
  readonly about: Subject;
  readonly network: Network;
  readonly probes: Probes | undefined;
}

async function* examine({ config, names, about, network, probes }: Case, terminal: Terminal): AsyncGenerator<Line> {
  const { clock = systemClock, random = Math.random, interrupted } = terminal;
  const watch = watchClocks(network.fetch, clock);
  const place = placesWith({ probes: probes ?? systemProbes(clock), clock });
  const credentials = new Map<string, CredentialSubject>();
  const tokens = new Map<string, TokenHandle>();
  const onToken = (token: TokenHandle, credential: ConfiguredCredential): void => {
    const subject = credentialSubject(credential, token, { config, place, watch });
    for (const name of credential.clients) credentials.set(name, subject);
    for (const name of credential.clients) tokens.set(name, token);
  };
  const { layers } = network;
  await using clients = await createClients(config, { names, onToken, layers, fetch: watch.fetch, clock, random });
  const subjects = names.map((name): Subject => {
    const { baseUrl, auth } = config.clients[name] ?? never(name);
    const reach = reachChecks(place(baseUrl));
    const needs = [...reach, ...[credentials.get(name)?.proof ?? []].flat()];
    const api = apiCheck(needs, {
      client: clients[name] ?? never(name),
      baseUrl,
      auth,
      token: tokens.get(name),
      interrupted,
    });
    return { title: `Client ${name}: ${baseUrl}`, checks: [...reach, api] };
  });
  yield* runChecks([about, ...new Set(credentials.values()), ...subjects], interrupted);
}

function never(name: string): never {
  throw new TypeError(`${name} has been looked for before`);
}

import { systemClock } from '@bearings/client';
import { createClients } from '@bearings/config';
import type { Config, ConfiguredCredential } from '@bearings/config';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { assertClientsExist, readConfig } from '../../config/find-config.ts';
import type { FindConfigOptions } from '../../config/find-config.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { grantsOpener } from '../../grants/grants-opener.ts';
import { createNetwork } from '../../terminal/network.ts';
import type { Network } from '../../terminal/network.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { apiCheck } from './api-check.ts';
import type { CheckResult, CheckGroup } from './check.ts';
import { trackServerClocks } from './server-clocks.ts';
import { configChecks } from './config-checks.ts';
import { credentialChecks } from './credential-checks.ts';
import type { CredentialChecks } from './credential-checks.ts';
import { createEndpoints } from './endpoint.ts';
import { createProbes } from './probes.ts';
import type { Probes } from './probes.ts';
import { createRoutes } from './routes.ts';
import { routeChecks } from './route-checks.ts';
import { formatJson, printResults } from './print-results.ts';
import { runChecks } from './run-checks.ts';

/** What to check, and how to report it. */
export interface DoctorOptions extends FindConfigOptions {
  /** Names of clients; their credentials are checked too. Default: all. */
  readonly clients?: readonly string[];
  /** Prints JSON, when all checks have ended. Default: false. */
  readonly json?: boolean | undefined;
  /** Where the key of stored logins is. */
  readonly key?: string | undefined;
  /** Shows the exchanges with the authorization server on stderr. Default: false. */
  readonly debug?: boolean | undefined;
}

/**
 * `bearings doctor`: checks everything that a call needs, from the config to the API, in the order of dependencies.
 *
 * @throws UsageError | InvalidConfigError when there is no config, or no such client
 */
export async function doctor(terminal: Terminal, options: DoctorOptions, probes?: Probes): Promise<ExitCode> {
  const found = await readConfig(terminal, { config: options.config, names: [] }); // secrets have their own check
  const configGroup = configChecks({ ...found, env: terminal.env });
  if (found.config.isErr()) {
    await printReport(runChecks([configGroup], terminal.interrupted), terminal, options);
    return exitCodes.usage;
  }
  const config = found.config.value;
  const names = options.clients?.length ? options.clients : Object.keys(config.clients);
  assertClientsExist(config, names);
  await using network = createNetwork(terminal, options.debug === true, config);
  const results = await printReport(
    runAllChecks({ config, names, configGroup, network, probes, key: options.key }, terminal),
    terminal,
    options,
  );
  return resultsExitCode(results);
}

/** A missing secret counts as an error in the config. */
function resultsExitCode(results: readonly CheckResult[]): ExitCode {
  const failed = results.filter(({ verdict }) => verdict === 'failed');
  if (failed.some(({ check }) => check === 'secret')) return exitCodes.usage;
  return failed.length > 0 ? exitCodes.unexpected : exitCodes.ok;
}

async function printReport(
  results: AsyncIterable<CheckResult>,
  terminal: Terminal,
  { json }: DoctorOptions,
): Promise<readonly CheckResult[]> {
  if (json !== true) return printResults(results, terminal);
  const all: CheckResult[] = [];
  for await (const result of results) all.push(result);
  await terminal.stdout.write(formatJson(all));
  return all;
}

interface DoctorContext {
  readonly config: Config;
  readonly names: readonly string[];
  readonly configGroup: CheckGroup;
  readonly network: Network;
  readonly probes: Probes | undefined;
  readonly key: string | undefined;
}

/** Runs the checks of the config, then of its credentials, then of its clients. */
async function* runAllChecks(context: DoctorContext, terminal: Terminal): AsyncGenerator<CheckResult> {
  const { config, names, configGroup, network, probes } = context;
  const { clock = systemClock, random = Math.random, interrupted } = terminal;
  const clocks = trackServerClocks(network.fetch, clock);
  const routes = createRoutes({ config, network, clocks, env: terminal.env });
  const findEndpoint = createEndpoints({ probes: probes ?? createProbes(clock), clock });
  const credentials = new Map<string, CredentialChecks>();
  const tokens = new Map<string, TokenHandle>();
  const onToken = (token: TokenHandle, credential: ConfiguredCredential): void => {
    const checks = credentialChecks(credential, token, {
      config,
      findEndpoint,
      clocks,
      random,
      findRoute: (url) => routes.find(credential.clients[0] ?? '', url),
    });
    for (const name of credential.clients) credentials.set(name, checks);
    for (const name of credential.clients) tokens.set(name, token);
  };
  const { layers } = network;
  const openGrants = grantsOpener(terminal, config, context.key);
  const injected = { fetch: clocks.fetch, openNetwork: routes.open, clock, random, openGrants };
  await using clients = await createClients(config, { names, onToken, layers, ...injected, sharing: false });
  const createChecks = (name: string): CheckGroup => {
    const { baseUrl, auth } = config.clients[name] ?? unreachable(name);
    const connectivity = routeChecks(findEndpoint(baseUrl), routes.find(name, baseUrl), findEndpoint);
    const dependsOn = [...connectivity, ...[credentials.get(name)?.usable ?? []].flat()];
    const client = clients[name] ?? unreachable(name);
    const api = apiCheck(dependsOn, { client, baseUrl, auth, token: tokens.get(name), interrupted });
    return { title: `Client ${name}: ${baseUrl}`, checks: [...connectivity, api] };
  };
  yield* runChecks([configGroup, ...new Set(credentials.values()), ...names.map(createChecks)], interrupted);
}

/** For names that {@link assertClientsExist} has checked. */
function unreachable(name: string): never {
  throw new TypeError(`Client ${name} was found before and is missing now`);
}

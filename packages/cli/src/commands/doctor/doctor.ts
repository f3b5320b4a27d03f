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
import { trackResponses } from './tracked-responses.ts';
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
  /** A path of the API that exists, for the probe. Default: that of the config, else the base URL. */
  readonly path?: string | undefined;
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
    await printReport(runChecks([configGroup], terminal), terminal, options);
    return exitCodes.usage;
  }
  const config = found.config.value;
  const names = options.clients?.length ? options.clients : Object.keys(config.clients);
  assertClientsExist(config, names);
  await using network = createNetwork(terminal, options.debug === true, config);
  const results = await printReport(
    runAllChecks({ config, names, configGroup, network, probes, key: options.key, path: options.path }, terminal),
    terminal,
    options,
  );
  return resultsExitCode(results);
}

const resultsExitCode = (results: readonly CheckResult[]): ExitCode =>
  results.some(({ verdict }) => verdict === 'failed') ? exitCodes.unexpected : exitCodes.ok;

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

/** What is checked, and with what. */
export interface DoctorContext {
  readonly config: Config;
  readonly names: readonly string[];
  readonly configGroup: CheckGroup;
  readonly network: Network;
  readonly probes?: Probes | undefined;
  readonly key?: string | undefined;
  readonly path?: string | undefined;
}

/** Runs the checks of the config, then of its credentials, then of its clients. */
export async function* runAllChecks(context: DoctorContext, terminal: Terminal): AsyncGenerator<CheckResult> {
  const { config, names, configGroup, network, probes } = context;
  const { clock = systemClock, random = Math.random, interrupted } = terminal;
  const responses = trackResponses(network.fetch, clock);
  const routes = createRoutes({ config, network, responses, env: terminal.env });
  const findEndpoint = createEndpoints({ probes: probes ?? createProbes(clock), clock });
  const credentials = new Map<string, { readonly checks: CredentialChecks; readonly token: TokenHandle }>();
  const onToken = (token: TokenHandle, credential: ConfiguredCredential): void => {
    const checks = credentialChecks(credential, token, {
      config,
      findEndpoint,
      responses,
      random,
      clock,
      findRoute: (url) => routes.find(credential.clients[0] ?? '', url),
    });
    for (const name of credential.clients) credentials.set(name, { checks, token });
  };
  const openGrants = grantsOpener(terminal, config, context.key);
  const { layers } = network;
  const injected = { layers, fetch: responses.fetch, openNetwork: routes.open, clock, random, openGrants };
  await using clients = await createClients(config, { names, onToken, ...injected, sharing: false });
  const createChecks = (name: string): CheckGroup => {
    const { baseUrl, auth, doctor: probe } = config.clients[name] ?? unreachable(name);
    const connectivity = routeChecks(findEndpoint(baseUrl), routes.find(name, baseUrl), findEndpoint);
    const dependsOn = [...connectivity, ...[credentials.get(name)?.checks.usable ?? []].flat()];
    const api = apiCheck(dependsOn, {
      client: clients[name] ?? unreachable(name),
      baseUrl,
      path: context.path ?? probe?.path,
      auth,
      token: credentials.get(name)?.token,
      interrupted,
      clock,
    });
    return { title: `Client ${name}: ${baseUrl}`, checks: [...connectivity, api] };
  };
  const checked = new Set([...credentials.values()].map(({ checks }) => checks));
  yield* runChecks([configGroup, ...checked, ...names.map(createChecks)], terminal);
}

/** For names that {@link assertClientsExist} has checked. */
function unreachable(name: string): never {
  throw new TypeError(`Client ${name} was found before and is missing now`);
}

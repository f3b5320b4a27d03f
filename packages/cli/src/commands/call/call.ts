import { systemClock } from '@bearings/client';
import type { Client, FetchInit, Layer } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import { createClients } from '@bearings/config';
import type { ClientConfig, Config } from '@bearings/config';
import { printResponse, assertWritable } from './print-response.ts';
import { parseBodyArgument } from './body-argument.ts';
import type { BodyArgument } from './body-argument.ts';
import { assertClientsExist, openConfig } from '../../config/find-config.ts';
import { grantsOpener } from '../../grants/grants-opener.ts';
import type { GlobalOptions } from '../run-command.ts';
import { createNetwork } from '../../terminal/network.ts';
import { formatDuration } from '../../output/format-duration.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { parseHeaderArguments } from './header-argument.ts';
import { stackDiagram } from '../../output/stack-diagram.ts';
import { formatSize } from '../../terminal/progress.ts';
import { resolveTarget } from './resolve-target.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { noTrace, createTrace } from './trace.ts';
import type { Trace } from './trace.ts';
import { UsageError } from '../../usage-error.ts';

/** The flags of `bearings call`. */
export interface CallFlags {
  readonly method?: string;
  readonly data?: string;
  readonly header?: readonly string[];
  readonly output?: string;
  readonly include?: boolean;
  readonly verbose?: boolean;
}

/** The arguments of `bearings call`. */
export interface CallArguments {
  readonly client: string;
  readonly path: string;
  readonly flags: CallFlags;
  readonly global: GlobalOptions;
}

/**
 * Sends a request with a client's credential, and prints the response as it arrives.
 *
 * Checks all arguments before it sends anything.
 *
 * @throws UsageError | InvalidConfigError | ClientError | TokenError
 */
export async function call(terminal: Terminal, callArguments: CallArguments): Promise<ExitCode> {
  const { client: name, path, flags, global } = callArguments;
  const config = await openConfig(terminal, { config: global.config, names: [name], cache: global.cache });
  const clientConfig = findClient(config, name);
  const target = resolveTarget(clientConfig.baseUrl, path);
  const headers = parseHeaderArguments(flags.header ?? [], clientConfig.auth);
  const method = chooseMethod(flags);
  if (flags.output !== undefined) await assertWritable(terminal, flags.output);
  const body = flags.data === undefined ? undefined : await parseBodyArgument(terminal, flags.data);
  if (body !== undefined && !headers.has('content-type')) headers.set('content-type', body.contentType);
  const trace = flags.verbose === true ? createTrace(terminal, await stackDiagram(config.clients, name)) : noTrace;
  await using network = createNetwork(terminal, global.debug, config);
  const secrets = new Set<string>();
  try {
    await using clients = await createClients(withoutDefaultBodyLimit(config), {
      ...network.options,
      openGrants: grantsOpener(terminal, config, global.key),
      names: [name],
      layers: () => [...trace.layers(), ...network.layers(), rememberCredentials(secrets)],
      openNetwork: network.open,
      onToken: trace.watchToken,
    });
    const client = clients[name];
    if (client === undefined) throw new TypeError(`Client ${name} was found before and is missing now`);
    const init = { method, headers, signal: terminal.interrupted, ...toBodyInit(body) };
    return await sendAndPrint(terminal, { client, target, init, flags, trace, secrets });
  } finally {
    body?.dispose();
  }
}

/** @throws UsageError */
function findClient(config: Config, name: string): ClientConfig {
  assertClientsExist(config, [name]);
  const clientConfig = config.clients[name];
  if (clientConfig === undefined) throw new TypeError(`Client ${name} was found before and is missing now`);
  return clientConfig;
}

/** @throws UsageError for what `fetch` refuses */
function chooseMethod({ method, data }: CallFlags): string {
  const upper = (method ?? (data === undefined ? 'GET' : 'POST')).toUpperCase();
  if (!/^[A-Z]+(?:-[A-Z]+)*$/.test(upper) || ['CONNECT', 'TRACE', 'TRACK'].includes(upper)) {
    throw new UsageError('-X needs a method such as GET, POST, PUT, PATCH or DELETE');
  }
  if (data !== undefined && (upper === 'GET' || upper === 'HEAD')) {
    throw new UsageError(`a ${upper} request has no body: omit -d, or use another method`);
  }
  return upper;
}

/** The default limit protects memory, and this command keeps no body in memory. A limit in the config still applies. */
function withoutDefaultBodyLimit(config: Config): Config {
  const clients = Object.entries(config.clients).map(([name, client]) => [
    name,
    { maxResponseBytes: Number.MAX_SAFE_INTEGER, ...client },
  ]);
  return { ...config, clients: Object.fromEntries(clients) };
}

const toBodyInit = (argument: BodyArgument | undefined): FetchInit =>
  argument === undefined
    ? {}
    : { body: argument.body, ...(argument.body instanceof ReadableStream && { duplex: 'half' }) };

interface CallContext {
  readonly client: Client;
  readonly target: string;
  readonly init: FetchInit;
  readonly flags: CallFlags;
  readonly trace: Trace;
  readonly secrets: ReadonlySet<string>;
}

/** A layer that records the sent credentials, because a response may quote them. */
const rememberCredentials = (secrets: Set<string>): Layer =>
  layer('network', 'remember-credentials', (next) => (request, clientCall) => {
    for (const credential of clientCall.headers.credentialValues()) secrets.add(credential);
    return next(request, clientCall);
  });

async function sendAndPrint(
  terminal: Terminal,
  { client, target, init, flags, trace, secrets }: CallContext,
): Promise<ExitCode> {
  const { clock = systemClock } = terminal;
  const startedAt = clock.monotonic();
  const response = await client.fetch(target, init);
  const printed = await printResponse(terminal, response, {
    file: flags.output,
    includeHead: flags.include === true,
    secrets: [...secrets],
  });
  const took = formatDuration(clock.monotonic() - startedAt);
  trace.finish(`done in ${took}: ${response.status}, ${formatSize(printed.bytes)}`);
  return printed.exitCode;
}

import { systemClock } from '@bearings/client';
import type { Client, Layer } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import { createClients } from '@bearings/config';
import type { ClientConfig, Config } from '@bearings/config';
import { printResponse, assertWritable } from './print-response.ts';
import { openSharing } from '../../config/command-sharing.ts';
import { assertClientsExist, openConfig } from '../../config/find-config.ts';
import { grantsOpener } from '../../grants/grants-opener.ts';
import type { GlobalOptions } from '../../command-line/command-spec.ts';
import { createNetwork } from '../../terminal/network.ts';
import { formatDuration } from '../../output/format-duration.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { stackDiagram } from '../../output/stack-diagram.ts';
import { assertOneStdinReader } from '../../terminal/stdin-readers.ts';
import { formatSize } from '../../terminal/progress.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { withCallFlags } from './call-config.ts';
import type { CallFlags } from './call-flags.ts';
import { createHarRecorder, noHar } from './har.ts';
import type { HarRecorder } from './har.ts';
import { callPages } from './paging/call-pages.ts';
import { prepareRequest } from './prepare-request.ts';
import type { PreparedRequest } from './prepare-request.ts';
import { noTrace, createTrace } from './trace.ts';
import type { Trace } from './trace.ts';

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
  assertOneStdinReader(terminal, global, flags.data);
  const found = await openConfig(terminal, { config: global.config, names: [name], cache: global.cache });
  const clientConfig = findClient(found, name);
  const config = withCallFlags(found, name, flags);
  if (flags.output !== undefined) await assertWritable(terminal, '-o', flags.output);
  if (flags.har !== undefined) await assertWritable(terminal, '--har', flags.har);
  const request = await prepareRequest(terminal, clientConfig, { path, flags });
  const secrets = new Set<string>();
  const har = flags.har === undefined ? noHar : createHarRecorder(terminal, flags.har, secrets);
  const trace = flags.verbose === true ? createTrace(terminal, await stackDiagram(found.clients, name)) : noTrace;
  await using network = createNetwork(terminal, global.debug, config);
  try {
    await using shared = await openSharing(terminal, config, global);
    await using clients = await createClients(config, {
      ...network.options,
      sharing: shared.sharing,
      openGrants: grantsOpener(terminal, config, global.key),
      names: [name],
      layers: () => [...trace.layers(), ...network.layers(), rememberCredentials(secrets), ...har.layers()],
      openNetwork: network.open,
      onToken: trace.watchToken,
    });
    const client = clients[name];
    if (client === undefined) throw new TypeError(`Client ${name} was found before and is missing now`);
    return await sendAndPrint(terminal, { client, request, flags, trace, secrets, har });
  } finally {
    request.dispose();
    await har.write();
  }
}

/** @throws UsageError */
function findClient(config: Config, name: string): ClientConfig {
  assertClientsExist(config, [name]);
  const clientConfig = config.clients[name];
  if (clientConfig === undefined) throw new TypeError(`Client ${name} was found before and is missing now`);
  return clientConfig;
}

interface CallContext {
  readonly client: Client;
  readonly request: PreparedRequest;
  readonly flags: CallFlags;
  readonly trace: Trace;
  readonly secrets: ReadonlySet<string>;
  readonly har: HarRecorder;
}

/** A layer that records the sent credentials, because a response may quote them. */
const rememberCredentials = (secrets: Set<string>): Layer =>
  layer('network', 'remember-credentials', (next) => (request, clientCall) => {
    for (const credential of clientCall.headers.credentialValues()) secrets.add(credential);
    return next(request, clientCall);
  });

async function sendAndPrint(
  terminal: Terminal,
  { client, request: { target, init, pages }, flags, trace, secrets, har }: CallContext,
): Promise<ExitCode> {
  const { clock = systemClock } = terminal;
  const startedAt = clock.monotonic();
  const print = async (response: Response): Promise<ExitCode> => {
    const printed = await printResponse(terminal, response, {
      file: flags.output,
      includeHead: flags.include === true,
      isJson: flags.json === true,
      secrets: [...secrets],
      onChunk: har.addChunk,
    });
    const took = formatDuration(clock.monotonic() - startedAt);
    trace.finish(`done in ${took}: ${response.status}, ${formatSize(printed.bytes)}`);
    return printed.exitCode;
  };
  const separatesPages = flags.json !== true && !terminal.stdout.isTTY;
  if (pages !== undefined) return callPages(terminal, { client, target, init, print, separatesPages, ...pages });
  return print(await client.fetch(target, init));
}

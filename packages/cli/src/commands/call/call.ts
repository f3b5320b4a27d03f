import { systemClock } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import type { Client, FetchInit, Layer } from '@bearings/client';
import { createClients } from '@bearings/config';
import type { ClientConfig, Config } from '@bearings/config';
import { deliver, mustBeWritable } from './print-response.ts';
import { bodyOf } from './body-argument.ts';
import type { BodyArgument } from './body-argument.ts';
import { mustHaveClients, openConfig } from '../../find-config.ts';
import { networkOf } from './auth-debug-log.ts';
import { durationText } from '../../output/durations.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { headersOf } from './header-argument.ts';
import { pictureOf } from '../../output/stack-diagram.ts';
import { sizeText } from '../../terminal/progress.ts';
import { formsOfCredential } from '../../output/redaction.ts';
import { targetOf } from './target.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { silent, traceOf } from './trace.ts';
import type { Trace } from './trace.ts';
import { UsageError } from '../../usage-error.ts';

/** What `bearings call` is told by flags. */
export interface CallFlags {
  readonly method?: string;
  readonly data?: string;
  readonly header?: readonly string[];
  readonly output?: string;
  readonly include?: boolean;
  readonly verbose?: boolean;
}

/** What `bearings call` is told. */
export interface CallOrder {
  readonly client: string;
  readonly path: string;
  readonly flags: CallFlags;
  readonly global: { readonly config?: string; readonly debug: boolean };
}

/**
 * Makes a request with the credential of a client, and prints the answer as it comes.
 *
 * Everything is checked before anything is sent.
 *
 * @throws UsageError | InvalidConfigError | ClientError | TokenError
 */
export async function call(terminal: Terminal, order: CallOrder): Promise<ExitCode> {
  const { client: name, path, flags, global } = order;
  const config = await openConfig(terminal, { config: global.config, names: [name] });
  const described = describedAs(config, name);
  const target = targetOf(described.baseUrl, path);
  const headers = headersOf(flags.header ?? [], described.auth);
  const method = methodOf(flags);
  if (flags.output !== undefined) await mustBeWritable(terminal, flags.output);
  const body = flags.data === undefined ? undefined : await bodyOf(terminal, flags.data);
  if (body !== undefined && !headers.has('content-type')) headers.set('content-type', body.contentType);
  const trace = flags.verbose === true ? traceOf(terminal, await pictureOf(config.clients, name)) : silent;
  const network = networkOf(terminal, global.debug);
  const secrets = new Set<string>();
  try {
    await using clients = await createClients(unbounded(config), {
      ...network.options,
      names: [name],
      layers: () => [...trace.layers(), ...network.layers(), remembering(secrets)],
      onToken: trace.listen,
    });
    const client = clients[name];
    if (client === undefined) throw new TypeError(`${name} has been looked for before`);
    const init = { method, headers, signal: terminal.interrupted, ...sent(body) };
    return await exchange(terminal, { client, target, init, flags, trace, secrets });
  } finally {
    body?.end();
  }
}

/** @throws UsageError */
function describedAs(config: Config, name: string): ClientConfig {
  mustHaveClients(config, [name]);
  const described = config.clients[name];
  if (described === undefined) throw new TypeError(`${name} has been looked for before`);
  return described;
}

/** @throws UsageError for what `fetch` refuses */
function methodOf({ method, data }: CallFlags): string {
  const upper = (method ?? (data === undefined ? 'GET' : 'POST')).toUpperCase();
  if (!/^[A-Z]+(?:-[A-Z]+)*$/.test(upper) || ['CONNECT', 'TRACE', 'TRACK'].includes(upper)) {
    throw new UsageError('-X takes a method such as GET, POST, PUT, PATCH or DELETE');
  }
  if (data !== undefined && (upper === 'GET' || upper === 'HEAD')) {
    throw new UsageError(`${upper} has no body: leave out -d, or name another method`);
  }
  return upper;
}

/** The default limit is for bodies that are kept in memory. Here none is; a limit that the config sets holds. */
function unbounded(config: Config): Config {
  const clients = Object.entries(config.clients).map(([name, client]) => [
    name,
    { maxResponseBytes: Number.MAX_SAFE_INTEGER, ...client },
  ]);
  return { ...config, clients: Object.fromEntries(clients) };
}

const sent = (argument: BodyArgument | undefined): FetchInit =>
  argument === undefined
    ? {}
    : { body: argument.body, ...(argument.body instanceof ReadableStream && { duplex: 'half' }) };

interface Errand {
  readonly client: Client;
  readonly target: string;
  readonly init: FetchInit;
  readonly flags: CallFlags;
  readonly trace: Trace;
  readonly secrets: ReadonlySet<string>;
}

/** Notes the credentials that are sent, in all the forms in which they may come back. */
const remembering = (secrets: Set<string>): Layer =>
  layer('network', 'remembering', (next) => (request, made) => {
    for (const form of made.headers.credentialValues().flatMap(formsOfCredential)) secrets.add(form);
    return next(request, made);
  });

async function exchange(
  terminal: Terminal,
  { client, target, init, flags, trace, secrets }: Errand,
): Promise<ExitCode> {
  const { clock = systemClock } = terminal;
  const startedAt = clock.monotonic();
  const response = await client.fetch(target, init);
  const delivery = await deliver(terminal, response, {
    file: flags.output,
    hasHead: flags.include === true,
    secrets: [...secrets],
  });
  const took = durationText(clock.monotonic() - startedAt);
  trace.end(`done in ${took}: ${response.status}, ${sizeText(delivery.bytes)}`);
  return delivery.exitCode;
}

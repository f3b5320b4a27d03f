import { createClient } from '@bearings/client';
import type { Client, Layer } from '@bearings/client';
import { ConfigError } from '@bearings/client/errors';
import { withBearerAuth, withBearerAuthHeader } from '@bearings/oauth-bearer';
import type { TokenHandle } from '@bearings/oauth-bearer';
import type { NetworkConfig } from '../schema/network-schema.ts';
import type { ClientConfig } from '../schema/client-schema.ts';
import { toClientOptions } from './client-options.ts';
import type { ConfiguredCredential } from './configured-credential.ts';
import { Networks } from './networks.ts';
import { openTokenStore } from './open-token-store.ts';
import type { OpenedSharing, TokenSharing } from './open-token-store.ts';
import { ClientTokens } from './client-tokens.ts';
import type { ClientToken } from './client-tokens.ts';
import { tokenRules } from './token-options.ts';
import type { TokenOptions } from './token-options.ts';
import { formatName } from '../document/document-path.ts';
import { InvalidConfigError, createProblem } from '../document/invalid-config-error.ts';
import type { Config } from '../load-config.ts';
import { checkOptions, closestName, functionRule, listRule, objectRule, stringRule } from '@bearings/client/layer';
import type { OptionRule, OptionRules } from '@bearings/client/layer';

/** Options of `createClients`. */
export interface ClientsOptions<Name extends string = string> extends Omit<TokenOptions, 'network' | 'sharing'> {
  /** Where tokens are shared; `false` for not at all. Default: the `tokenStore` of the config, closed with the clients. */
  readonly sharing?: TokenSharing | false | undefined;
  /** The clients to create. Each must be in the config. Default: all clients of the config. */
  readonly names?: readonly Name[];
  /**
   * More layers for a client, one by one or in lists as `createClient` takes them, such as telemetry or another transport.
   * The caller closes them. Default: none.
   */
  readonly layers?: (name: string) => readonly (Layer | readonly Layer[])[];
  /**
   * Creates the network of clients with this `network` in the config, or with none; `undefined` for `fetch`. The caller
   * closes it. Default: `createNetwork`, closed with the clients; with `fetch`, the config's networks are not used.
   */
  readonly openNetwork?: (network: NetworkConfig | undefined) => Promise<Layer | undefined>;
  /** Called once with each token before its first use, for example to observe it. Default: not called. */
  readonly onToken?: (token: TokenHandle, credential: ConfiguredCredential) => void;
}

/** The clients by name, with `close()`. */
export type Clients<Name extends string = string> = Readonly<Record<Name, Client>> & ClosableClients;

/** `close()` of all clients. */
export interface ClosableClients {
  /** Rejects new calls, waits for the calls in flight, then closes the tokens. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Creates the clients of a config, with one token for each distinct credential. A token is acquired at its first use,
 * so a service starts even while the identity provider is down.
 *
 * List the clients that the service needs in `names`: a name that is not in the config then fails here, not at a call.
 *
 * @throws InvalidConfigError if the config does not have one of the names
 * @throws TokenConfigError | ConfigError for settings that only the token or the client can check
 */
export function createClients<const Name extends string = string>(
  config: Config,
  options?: ClientsOptions<Name>,
): Promise<Clients<Name>>;
export async function createClients(config: Config, options: ClientsOptions = {}): Promise<Clients> {
  checkOptions(options, rules, { owner: 'createClients' });
  const { names = Object.keys(config.clients) } = options;
  assertNames(config, names);
  const tokens = new ClientTokens();
  const created: [name: string, client: Client][] = [];
  const own = new Networks(config);
  let opened: OpenedSharing | undefined;
  let closing: Promise<void> | undefined;
  const closeClients = async (): Promise<void> => void (await Promise.all(created.map(([, client]) => client.close())));
  const close = (): Promise<void> =>
    (closing ??= closeAll(
      closeClients,
      () => tokens.close(),
      () => own.close(),
      async () => opened?.close(),
    ));
  try {
    const parts = await createParts({ config, names, options }, own);
    if (options.sharing === undefined) opened = await openTokenStore(config);
    const sharing = options.sharing === false ? undefined : (options.sharing ?? opened);
    const networks = (name: string): Layer | undefined => parts.get(name)?.network;
    await tokens.create({ ...config, clients: pickClients(config.clients, names) }, { options, networks, sharing });
    for (const name of names)
      created.push([name, createNamedClient(name, { config, options, token: tokens.get(name), ...parts.get(name) })]);
  } catch (cause) {
    await close().catch(() => {}); // the cause says more
    throw cause;
  }
  return Object.freeze(Object.assign(Object.fromEntries(created), { close, [Symbol.asyncDispose]: close }));
}

/** Closes one after another, also when one of them fails. */
async function closeAll(...steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) await step().catch((cause: unknown) => failures.push(cause));
  if (failures.length > 0) throw failures[0];
}

const example = 'such as [withTelemetry(), withRateLimit({ limit: 10 })]';
const layersRule: OptionRule = {
  ...functionRule,
  expected: `a function that takes the name of a client and returns a list of layers, ${example}`,
};

const rules: OptionRules<ClientsOptions> = {
  fetch: tokenRules.fetch,
  clock: tokenRules.clock,
  random: tokenRules.random,
  sharing: {
    test: (value) => value === false || objectRule.test(value),
    expected: 'what openTokenStore returns, or false',
  },
  openGrants: tokenRules.openGrants,
  names: listRule(stringRule),
  layers: layersRule,
  openNetwork: functionRule,
  onToken: functionRule,
};

/** @throws InvalidConfigError */
function assertNames({ clients }: Config, names: readonly string[]): void {
  const known = Object.keys(clients);
  const problems = names
    .filter((name) => !Object.hasOwn(clients, name))
    .map((name) => {
      const suggestion = closestName(name, known);
      const expected = suggestion === undefined ? `the clients are ${known.map(formatName).join(', ')}` : '';
      const issue = { found: 'is not in the config', expected, ...(suggestion !== undefined && { suggestion }) };
      return createProblem(['clients', name], issue, {});
    });
  if (problems.length > 0) throw new InvalidConfigError('The list of clients', problems);
}

function pickClients(clients: Config['clients'], names: readonly string[]): Config['clients'] {
  return Object.fromEntries(Object.entries(clients).filter(([name]) => names.includes(name)));
}

/** The layers of a client, and the network that its token uses too. */
interface ClientParts {
  readonly added?: readonly Layer[];
  readonly network?: Layer | undefined;
}

/** A transport among the layers that the caller adds takes the place of the config's network. */
async function createParts(
  { config, names, options }: Pick<ClientContext, 'config' | 'options'> & { readonly names: readonly string[] },
  own: Networks,
): Promise<ReadonlyMap<string, ClientParts>> {
  const { fetch, layers = () => [] } = options;
  const { openNetwork = async (network) => (fetch === undefined ? own.get(network) : undefined) } = options;
  const parts = new Map<string, ClientParts>();
  for (const name of names) {
    const added = readLayers(name, layers(name));
    const given = added.find(({ slot }) => slot === 'transport');
    const network = given ?? (await openNetwork(config.clients[name]?.network));
    parts.set(name, { network, added: network === undefined || network === given ? added : [...added, network] });
  }
  return parts;
}

/** @throws ConfigError */
function readLayers(name: string, given: ReturnType<NonNullable<ClientsOptions['layers']>>): readonly Layer[] {
  const added = Array.isArray(given) ? given.flat() : undefined;
  if (added?.every(objectRule.test) === true) return added;
  const kind = given instanceof Promise ? 'a promise' : `a value of type ${typeof given}`;
  const found = added === undefined ? kind : 'a list with something else in it';
  throw new ConfigError(
    'layers',
    `layers(${JSON.stringify(name)}) must return a list of layers, ${example}, not ${found}`,
  );
}

interface ClientContext extends ClientParts {
  readonly config: Config;
  readonly options: ClientsOptions;
  readonly token: ClientToken | undefined;
}

/** @throws ConfigError */
function createNamedClient(name: string, { config, options, token, added = [], network }: ClientContext): Client {
  const clientConfig = config.clients[name];
  if (clientConfig === undefined) throw new TypeError(`${name} is not in the config`);
  const { fetch, clock, random } = options;
  const injected = {
    ...(network === undefined && fetch && { fetch }),
    ...(clock && { clock }),
    ...(random && { random }),
  };
  return createClient({ ...toClientOptions(clientConfig), ...injected }, [
    ...added,
    ...authLayers(clientConfig, token),
  ]);
}

function authLayers({ auth }: ClientConfig, token: ClientToken | undefined): readonly Layer[] {
  if (token === undefined) return [];
  const { handle, stepUp } = token;
  if (auth.type === 'api_key') return [withBearerAuthHeader(handle, auth.header)];
  return [withBearerAuth(handle, stepUp && { stepUp })];
}

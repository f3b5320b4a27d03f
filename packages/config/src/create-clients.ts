import { createClient } from '@bearings/client';
import type { Client, Layer } from '@bearings/client';
import { withBearerAuth, withBearerAuthHeader } from '@bearings/oauth-bearer';
import type { TokenHandle } from '@bearings/oauth-bearer';
import type { ClientConfig } from './client-schema.ts';
import { clientOptionsOf } from './client-settings.ts';
import { readCredentials, createToken } from './credential.ts';
import type { ConfiguredCredential, TokenOptions } from './credential.ts';
import { shownName } from './document-path.ts';
import { InvalidConfigError, problemAt } from './invalid-config-error.ts';
import type { Config } from './load-config.ts';
import { closestName } from './did-you-mean.ts';

/** What clients are made with, besides their config. */
export interface ClientsOptions<Name extends string = string> extends TokenOptions {
  /** The clients that are needed: each must be in the config, and no other is made. Default: all of the config's. */
  readonly names?: readonly Name[];
  /** Layers for a client, such as telemetry or another network. They are their maker's to close. Default: none. */
  readonly layers?: (name: string) => readonly Layer[];
  /** Told of each token once, before its first use: to observe it, or to listen. Default: nobody. */
  readonly onToken?: (token: TokenHandle, credential: ConfiguredCredential) => void;
}

/** Clients by their names, and the way to close them. */
export type Clients<Name extends string = string> = Readonly<Record<Name, Client>> & ClientsEnd;

/** How clients end. */
export interface ClientsEnd {
  /** Takes no more calls, answers when those under way have theirs, and ends the tokens. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes the clients of a config: one token for each distinct credential, acquired at its first use, so that an identity
 * provider that is down keeps no service from starting.
 *
 * Say in `names` which clients the service needs: one that is not in the config is then found here, and not at a call.
 *
 * @throws InvalidConfigError for a name that the config does not have
 * @throws TokenConfigError | ConfigError for what only a token or a client can judge
 */
export function createClients<const Name extends string = string>(
  config: Config,
  options?: ClientsOptions<Name>,
): Promise<Clients<Name>>;
export async function createClients(config: Config, options: ClientsOptions = {}): Promise<Clients> {
  const { names = Object.keys(config.clients) } = options;
  mustHave(config, names);
  const tokens = new Map<string, TokenHandle>();
  const made: [name: string, client: Client][] = [];
  const close = async (): Promise<void> => {
    await Promise.all(made.map(([, client]) => client.close()));
    await Promise.all([...tokens.values()].map((token) => token.close()));
  };
  try {
    await openTokens({ ...config, clients: only(config.clients, names) }, tokens, options);
    for (const name of names) made.push([name, clientOf(name, { config, options, token: tokens.get(name) })]);
  } catch (cause) {
    await close();
    throw cause;
  }
  return Object.freeze(Object.assign(Object.fromEntries(made), { close, [Symbol.asyncDispose]: close }));
}

/** @throws InvalidConfigError */
function mustHave({ clients }: Config, names: readonly string[]): void {
  const known = Object.keys(clients);
  const problems = names
    .filter((name) => !Object.hasOwn(clients, name))
    .map((name) => {
      const suggestion = closestName(name, known);
      const expected = suggestion === undefined ? `the clients are ${known.map(shownName).join(', ')}` : '';
      const flaw = { found: 'is not in the config', expected, ...(suggestion !== undefined && { suggestion }) };
      return problemAt(['clients', name], flaw, {});
    });
  if (problems.length > 0) throw new InvalidConfigError('The list of clients', problems);
}

function only(clients: Config['clients'], names: readonly string[]): Config['clients'] {
  return Object.fromEntries(Object.entries(clients).filter(([name]) => names.includes(name)));
}

/**
 * One token for each credential, filed under each client that uses it.
 *
 * @throws TokenError | InvalidConfigError
 */
async function openTokens(config: Config, tokens: Map<string, TokenHandle>, options: ClientsOptions): Promise<void> {
  for (const credential of readCredentials(config)) {
    const opened = await createToken(config, credential, options);
    if (opened.isErr()) throw opened.error;
    for (const name of credential.clients) tokens.set(name, opened.value);
    options.onToken?.(opened.value, credential);
  }
}

interface Making {
  readonly config: Config;
  readonly options: ClientsOptions;
  readonly token: TokenHandle | undefined;
}

/** @throws ConfigError */
function clientOf(name: string, { config, options, token }: Making): Client {
  const described = config.clients[name];
  if (described === undefined) throw new TypeError(`${name} has been looked for before`);
  const { fetch, clock, random, layers = () => [] } = options;
  const given = { ...(fetch && { fetch }), ...(clock && { clock }), ...(random && { random }) };
  const added = [...layers(name), ...authLayers(described, token)];
  return createClient({ ...clientOptionsOf(described), ...given }, added);
}

function authLayers({ auth }: ClientConfig, token: TokenHandle | undefined): readonly Layer[] {
  if (token === undefined) return [];
  return [auth.type === 'api_key' ? withBearerAuthHeader(token, auth.header) : withBearerAuth(token)];
}

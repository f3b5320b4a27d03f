import { explain } from '@bearings/client';
import type { Client } from '@bearings/client';
import { layersKey } from '@bearings/client/layer';
import type { Slot } from '@bearings/client/layer';
import { createClients } from '@bearings/config';
import type { Auth, ClientConfig, Config } from '@bearings/config';

/**
 * The diagram of a client's stages, from `explain()`. Sends nothing and reads no secret: the diagram does not show
 * how the credential is acquired.
 *
 * @throws InvalidConfigError for a name that is not in the config, with the closest name
 */
export const stackDiagram = (configs: Config['clients'], name: string): Promise<string> =>
  withStack(configs, name, explain);

/** A stage in the output of `--json`. */
export interface JsonStage {
  readonly slot: Slot;
  readonly name: string;
  /** null: no limit. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * A client's stages as data, outermost first. Sends nothing and reads no secret.
 *
 * @throws InvalidConfigError for a name that is not in the config, with the closest name
 */
export const stackStages = (configs: Config['clients'], name: string): Promise<readonly JsonStage[]> =>
  withStack(configs, name, (client) =>
    client[layersKey].map(({ slot, name: stage, settings = {} }) => ({ slot, name: stage, settings })),
  );

async function withStack<T>(configs: Config['clients'], name: string, describe: (client: Client) => T): Promise<T> {
  const clients = Object.fromEntries(Object.entries(configs).map(([each, client]) => [each, withoutSecret(client)]));
  await using made = await createClients({ clients, readSecret: noSecret }, { names: [name] });
  const client = made[name];
  if (client === undefined) throw new TypeError(`Client ${name} was found before and is missing now`);
  return describe(client);
}

function withoutSecret({ network, ...client }: ClientConfig): ClientConfig {
  const { proxyUser: _, proxyPasswordRef: __, ...shown } = network ?? {};
  return { ...client, auth: withSameLayer(client.auth), ...(network !== undefined && { network: shown }) };
}

/** A config with the same auth layer that reads nothing before the first call. */
const withSameLayer = (auth: Auth): Auth =>
  auth.type.startsWith('oauth2_') || auth.type === 'google_service_account'
    ? { type: 'bearer', tokenRef: 'env:NONE' }
    : auth;

const noSecret: Config['readSecret'] = () => Promise.reject(new Error('The diagram needs no secret'));

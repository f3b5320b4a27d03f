import { explain } from '@bearings/client';
import { createClients } from '@bearings/config';
import type { Auth, ClientConfig, Config } from '@bearings/config';

/**
 * The diagram of a client's stages, from `explain()`. Sends nothing and reads no secret: the diagram does not show
 * how the credential is acquired.
 *
 * @throws InvalidConfigError for a name that is not in the config, with the closest name
 */
export async function stackDiagram(configs: Config['clients'], name: string): Promise<string> {
  const clients = Object.fromEntries(Object.entries(configs).map(([each, client]) => [each, withoutSecret(client)]));
  await using made = await createClients({ clients, readSecret: noSecret }, { names: [name] });
  const client = made[name];
  return client === undefined ? '' : explain(client);
}

function withoutSecret({ network, ...client }: ClientConfig): ClientConfig {
  const { proxyUser: _, proxyPasswordRef: __, ...shown } = network ?? {};
  return { ...client, auth: withSameLayer(client.auth), ...(network !== undefined && { network: shown }) };
}

/** A config with the same auth layer that reads nothing before the first call. */
const withSameLayer = (auth: Auth): Auth =>
  auth.type.startsWith('oauth2_') ? { type: 'bearer', tokenRef: 'env:NONE' } : auth;

const noSecret: Config['readSecret'] = () => Promise.reject(new Error('The diagram needs no secret'));

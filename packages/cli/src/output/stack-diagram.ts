import { explain } from '@bearings/client';
import { createClients } from '@bearings/config';
import type { Auth, ClientConfig, Config } from '@bearings/config';

/**
 * The picture of a client's stack. Sends nothing, and reads no secret: how a credential is got does not show in it.
 *
 * @throws InvalidConfigError for a name that is not in the config, with what was probably meant
 */
export async function pictureOf(described: Config['clients'], name: string): Promise<string> {
  const clients = Object.fromEntries(Object.entries(described).map(([each, client]) => [each, withoutSecret(client)]));
  await using made = await createClients({ clients, readSecret: noSecret }, { names: [name] });
  const client = made[name];
  return client === undefined ? '' : explain(client);
}

const withoutSecret = (client: ClientConfig): ClientConfig => ({ ...client, auth: plain(client.auth) });

/** An auth with the same layer, for which nothing is read before the first call. */
const plain = (auth: Auth): Auth =>
  auth.type === 'oauth2_client_credentials' ? { type: 'bearer', tokenRef: 'env:NONE' } : auth;

const noSecret: Config['readSecret'] = () => Promise.reject(new Error('A picture needs no secret'));

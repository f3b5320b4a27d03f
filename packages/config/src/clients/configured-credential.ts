import type { Config } from '../load-config.ts';
import type { NetworkConfig } from '../schema/network-schema.ts';
import type { Auth } from '../schema/auth-schema.ts';

/** A credential of a config. */
export interface ConfiguredCredential {
  /** The names of the clients that use it. */
  readonly clients: readonly string[];
  /** The `auth` of these clients: references, not secrets. */
  readonly auth: CredentialAuth;
  /** The `network` of these clients. */
  readonly network?: NetworkConfig | undefined;
}

/** Each kind of `auth` except `none`. */
export type CredentialAuth = Exclude<Auth, { readonly type: 'none' }>;

/** Lists the credentials of a config. Clients with the same `auth` and `network` share one credential. */
export function readCredentials({ clients }: Pick<Config, 'clients'>): readonly ConfiguredCredential[] {
  const users = new Map<string, ConfiguredCredential & { readonly clients: string[] }>();
  for (const [name, { auth, network }] of Object.entries(clients)) {
    if (auth.type === 'none') continue;
    const key = `${credentialKey(auth)} ${networkKey(network)}`;
    const known = users.get(key);
    if (known === undefined) users.set(key, { clients: [name], auth, ...(network !== undefined && { network }) });
    else known.clients.push(name);
  }
  return [...users.values()];
}

/** The same text for two auths that differ only in the order of fields and scopes. */
function credentialKey(auth: CredentialAuth): string {
  const scopes = 'scopes' in auth ? [...new Set(auth.scopes)].toSorted() : [];
  return JSON.stringify({ ...auth, scopes }, (_, value: unknown) => sortKeys(value));
}

/** The same text for two networks that differ only in the order of fields. */
export const networkKey = (network: NetworkConfig | undefined): string =>
  JSON.stringify(network ?? false, (_, value: unknown) => sortKeys(value));

function sortKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

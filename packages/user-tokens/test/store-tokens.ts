import { SecretString } from '@bearings/oauth-bearer';
import type { GrantStore } from '@bearings/user-tokens';
import { GrantVault } from '../src/grant/grant-vault.ts';
import { openKeyRing } from '../src/sealing/open-key-ring.ts';
import { RowSealer } from '../src/sealing/row-sealer.ts';
import { keys } from './create-users.ts';

/** Stores a pair over a grant, as another process does after a refresh. */
export async function storeTokens(store: GrantStore, id: string, access: string): Promise<void> {
  const vault = new GrantVault(store, new RowSealer((await openKeyRing(keys)).unwrap()));
  const grant = await store.get(id);
  if (grant === undefined) throw new Error('there is no such grant');
  const pair = { access: new SecretString(access), refresh: new SecretString('rt_of_a_sibling'), extras: {} };
  const sealed = await vault.seal(pair, { ...grant, version: grant.version + 1 });
  const { issuer, clientId, scopes, hasRefreshToken } = grant;
  const facts = { issuer, clientId, scopes, hasRefreshToken, accessLifetimeMs: 3_600_000, refreshLifetimeMs: Infinity };
  if (!(await store.commit(id, grant.version, { ...facts, ...sealed }))) throw new Error('another was faster');
}

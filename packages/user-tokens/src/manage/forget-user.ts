import type { Engine } from '../engine.ts';
import type { GrantKey } from '../store/grant-key.ts';
import { revokeGrant } from './revoke-grant.ts';

/** What `forget` has done. */
export interface Forgotten {
  readonly deleted: number;
  /** Grants that the provider may not have revoked: it did not answer, or has no revocation endpoint. */
  readonly notRevoked: number;
}

/** Revokes the grants of a user at their providers, as far as these answer, and deletes all that is stored of the user. */
export async function forgetUser(engine: Engine, user: Pick<GrantKey, 'tenant' | 'user'>): Promise<Forgotten> {
  const { store, handles } = engine;
  const grants = await store.list({ ...user, limit: 1_000 });
  const revoked = await Promise.all(grants.map(({ id }) => revokeGrant(engine, id)));
  const notRevoked = revoked.filter((each) => each.isErr() || each.value.provider !== 'revoked').length;
  const deleted = await store.deleteUser(user);
  handles.reset(user);
  return { deleted, notRevoked };
}

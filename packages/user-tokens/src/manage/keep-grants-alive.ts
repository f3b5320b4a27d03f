import type { Engine } from '../engine.ts';
import type { GrantRecord } from '../store/grant-record.ts';
import { revokeAtProvider } from './revoke-grant.ts';

export interface KeepAliveOptions {
  /** Grants whose tokens were stored this long ago, or longer, are refreshed. Default: 7 days. */
  readonly idleMs?: number;
  /** The most grants that one call refreshes. Default: 1,000. */
  readonly limit?: number;
}

/** What a call of `keepAlive` has done. */
export interface KeepAliveReport {
  readonly refreshed: number;
  readonly failed: number;
  /** Revocations that the provider has now carried out. */
  readonly revoked: number;
}

const weekMs = 7 * 24 * 3_600_000;

/**
 * Refreshes grants that were not used for a while, because providers end refresh tokens that are idle (Google after 6
 * months, Keycloak after 30 days). Also carries out revocations that a provider did not take, and erases what has ended.
 */
export async function keepGrantsAlive(engine: Engine, options: KeepAliveOptions = {}): Promise<KeepAliveReport> {
  const { idleMs = weekMs, limit = 1_000 } = options;
  const { store } = engine;
  await store.sweep();
  const outcomes = { refreshed: 0, failed: 0, revoked: 0 };
  for (const grant of await store.list({ status: 'revoked', isSealed: true, limit })) {
    if ((await revokeAtProvider(engine, grant)) !== 'pending') outcomes.revoked += 1;
  }
  for (const grant of await store.list({ status: 'active', idleMs, limit })) {
    const isRefreshed = await refreshGrant(engine, grant);
    if (isRefreshed !== undefined) outcomes[isRefreshed ? 'refreshed' : 'failed'] += 1;
  }
  return outcomes;
}

/** `undefined` for a grant that cannot be refreshed. */
async function refreshGrant(engine: Engine, grant: GrantRecord): Promise<boolean | undefined> {
  const { id, version, hasRefreshToken } = grant;
  const connection = engine.connection(grant.connection);
  if (connection === undefined || !hasRefreshToken) return undefined;
  const need = { version, minValidityMs: Infinity };
  return (await engine.refresher.renew({ id, connection, need })).isOk();
}

import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { Engine } from '../engine.ts';
import { StoreError, UserTokensConfigError } from '../errors.ts';
import type { UserTokensError } from '../errors.ts';
import { grantFacts } from '../grant/grant-event.ts';
import type { TokenPair } from '../grant/token-pair.ts';
import { toStoreError } from '../store/sql/to-store-error.ts';
import type { GrantRecord } from '../store/grant-record.ts';

/** How a revocation ended. The grant is unusable in any case. */
export interface Revocation {
  /**
   * `revoked`: the provider has revoked the tokens. `unsupported`: it has no revocation endpoint, or the tokens cannot be
   * opened. `pending`: it did not answer; `keepAlive` tries again, for a day.
   */
  readonly provider: 'revoked' | 'unsupported' | 'pending';
}

/** Revokes a grant: here at once, then at the provider (RFC 7009), the refresh token first. */
export async function revokeGrant(engine: Engine, id: string): Promise<Result<Revocation, UserTokensError>> {
  const { store, unsaved, handles, listeners } = engine;
  try {
    const grant = await store.get(id);
    if (grant === undefined) return Err(new UserTokensConfigError('id', 'names no grant'));
    const unsavedPair = unsaved.get(id)?.pair;
    unsaved.drop(id);
    const isFirst = await store.revoke(id);
    handles.reset(grant);
    if (isFirst) listeners.notify({ type: 'revoked', ...grantFacts(grant) });
    return Ok({ provider: await revokeAtProvider(engine, grant, unsavedPair) });
  } catch (cause) {
    return Err(toStoreError(store.name, cause));
  }
}

/** Revokes the tokens of a revoked grant, and erases them when that is done. */
export async function revokeAtProvider(
  engine: Engine,
  grant: GrantRecord,
  unsavedPair?: TokenPair,
): Promise<Revocation['provider']> {
  const connection = engine.connection(grant.connection);
  const pair = unsavedPair ?? (await openIfPossible(engine, grant));
  const outcomes: Revocation['provider'][] = [];
  if (pair !== undefined && connection !== undefined) {
    for (const token of listTokens(pair)) {
      const revoked = await connection.revoke({ ...token, signal: new AbortController().signal });
      outcomes.push(revoked.isErr() ? 'pending' : revoked.value ? 'revoked' : 'unsupported');
    }
  }
  const outcome = outcomes[0] ?? 'unsupported'; // that of the refresh token counts: it ends the access token too
  if (outcome !== 'pending') await engine.store.eraseSecret(grant.id);
  return outcome;
}

interface RevocableToken {
  readonly token: string;
  readonly tokenTypeHint: 'access_token' | 'refresh_token';
}

function listTokens({ access, refresh }: TokenPair): readonly RevocableToken[] {
  const accessToken = { token: access.expose(), tokenTypeHint: 'access_token' } as const;
  return refresh === undefined
    ? [accessToken]
    : [{ token: refresh.expose(), tokenTypeHint: 'refresh_token' }, accessToken];
}

async function openIfPossible({ vault }: Engine, grant: GrantRecord): Promise<TokenPair | undefined> {
  try {
    return await vault.open(grant);
  } catch (cause) {
    if (cause instanceof StoreError) return undefined; // erased, or not ours to open: nothing can be sent
    throw cause;
  }
}

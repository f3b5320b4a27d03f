import type { Engine } from '../engine.ts';
import { StoreError } from '../errors.ts';
import type { GrantRecord } from '../store/grant-record.ts';

export interface RekeyOptions {
  /** The most grants that one call seals again. Default: 1,000. */
  readonly limit?: number;
}

/** What a call of `rekey` has done. */
export interface RekeyReport {
  readonly resealed: number;
  /** Grants that no configured key decrypts: their users must consent again. */
  readonly undecryptable: number;
  /** How many rows each key still has. A key without rows can be removed from `keys`. */
  readonly rows: ReadonlyMap<string, number>;
}

const pageSize = 100;

/**
 * Seals grants with the current key that are sealed with another. Can be interrupted at any moment, run again, and run in
 * several processes: each row is changed only if it is still as it was read.
 */
export async function rekeyGrants(engine: Engine, { limit = 1_000 }: RekeyOptions = {}): Promise<RekeyReport> {
  const notKeyId = await engine.sealer.currentKeyId();
  const counts = { resealed: 0, undecryptable: 0 };
  let after: string | undefined;
  for (let left = limit; left > 0; left -= pageSize) {
    const page = await engine.store.list({ notKeyId, after, limit: Math.min(left, pageSize) });
    for (const grant of page) counts[await reseal(engine, grant)] += 1;
    after = page.at(-1)?.id;
    if (after === undefined) break;
  }
  return { ...counts, rows: await engine.store.countByKey() };
}

/** A row that was changed meanwhile is sealed with the current key already. */
async function reseal({ vault, store }: Engine, grant: GrantRecord): Promise<'resealed' | 'undecryptable'> {
  try {
    const content = await vault.seal(await vault.open(grant), grant);
    await store.reseal(grant.id, grant.version, content);
    return 'resealed';
  } catch (cause) {
    if (cause instanceof StoreError && cause.reason === 'undecryptable') return 'undecryptable';
    throw cause;
  }
}

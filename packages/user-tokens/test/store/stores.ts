import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore, postgresStore } from '@bearings/user-tokens';
import type { GrantStore } from '@bearings/user-tokens';
import { sqliteStore } from '@bearings/user-tokens/sqlite';
import { virtualClock } from '@bearings/testing';
import { postgres } from '../../../../test/services.ts';
import { createSchema } from './create-schema.ts';

/** A store with empty tables, whose time a test can move. */
interface TestStore extends AsyncDisposable {
  readonly store: GrantStore;
  /** Another instance over the same tables, as in another process. */
  readonly other: GrantStore;
  readonly advance: (ms: number) => Promise<void>;
}

/** How to create a store of each kind, by its name. */
export interface StoreKind {
  readonly kind: string;
  readonly isThere: boolean;
  readonly create: () => Promise<TestStore>;
}

export const storeKinds: readonly StoreKind[] = [
  { kind: 'memory', isThere: true, create: createMemory },
  { kind: 'SQLite', isThere: true, create: createSqlite },
  { kind: 'PostgreSQL', isThere: postgres.isThere, create: createPostgres },
];

async function createMemory(): Promise<TestStore> {
  const clock = virtualClock();
  const store = memoryStore({ clock });
  return { store, other: store, advance: async (ms) => clock.advance(ms), [Symbol.asyncDispose]: async () => {} };
}

async function createSqlite(): Promise<TestStore> {
  const folder = mkdtempSync(join(tmpdir(), 'bearings-'));
  const clock = virtualClock();
  const path = join(folder, 'grants.db');
  const store = sqliteStore({ path, clock });
  const other = sqliteStore({ path, clock });
  await store.open();
  await other.open();
  const dispose = async (): Promise<void> => {
    await store.close();
    await other.close();
    rmSync(folder, { recursive: true });
  };
  return { store, other, advance: async (ms) => clock.advance(ms), [Symbol.asyncDispose]: dispose };
}

/** Its clock is its own: time is moved by moving all instants in the tables. */
async function createPostgres(): Promise<TestStore> {
  const { pool, drop } = await createSchema();
  const store = postgresStore({ query: (text, values) => pool.query(text, values) });
  await store.open();
  const advance = async (ms: number): Promise<void> => {
    await pool.query(
      `UPDATE bearings_grants SET access_expires_at = access_expires_at - $1::bigint, refresh_expires_at = refresh_expires_at - $1,
         lease_until = lease_until - $1, created_at = created_at - $1, updated_at = updated_at - $1`,
      [ms],
    );
    await pool.query('UPDATE bearings_flows SET created_at = created_at - $1::bigint, expires_at = expires_at - $1', [
      ms,
    ]);
  };
  return { store, other: store, advance, [Symbol.asyncDispose]: drop };
}

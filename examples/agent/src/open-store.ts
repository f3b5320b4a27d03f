import { postgresStore } from '@bearings/user-tokens';
import type { GrantStore } from '@bearings/user-tokens';
import { sqliteStore } from '@bearings/user-tokens/sqlite';
import { Pool } from 'pg';

/** Where the replicas keep grants: a schema in PostgreSQL, or a SQLite file. */
export type StoreAddress = { readonly url: string; readonly schema: string } | { readonly path: string };

/** A store, and what closes its connections. */
interface OpenStore {
  readonly store: GrantStore;
  readonly closePool: () => Promise<void>;
}

export function openStore(address: StoreAddress): OpenStore {
  if ('path' in address) return { store: sqliteStore(address), closePool: async () => {} };
  const pool = new Pool({ connectionString: address.url, options: `-c search_path=${address.schema}`, max: 4 });
  return { store: postgresStore({ query: (text, values) => pool.query(text, values) }), closePool: () => pool.end() };
}

import { createTokenTable, postgresTokenStore } from '@bearings/token-store-postgres';
import type { Query } from '@bearings/token-store-postgres';
import type { OpenedStore } from './opened-store.ts';
import { importClient } from './import-client.ts';

/** Which PostgreSQL, and how to log in. */
export interface PostgresSettings {
  readonly url: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly table: string | undefined;
}

/** Statements of a server that does not answer end by themselves: their connections are few. */
const timeoutMs = 2_000;
const mostConnections = 2;

/**
 * Opens a store in PostgreSQL, and creates its table when the user may. A server that is unavailable is no error.
 *
 * @throws ConfigError when `pg` is not installed
 */
export async function openPostgres({ url, user, password, table }: PostgresSettings): Promise<OpenedStore> {
  const { Pool } = await importClient('postgres', 'pg', () => import('pg'));
  const limits = { max: mostConnections, connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs };
  const pool = new Pool({ connectionString: withLogin(url, user, password), ...limits, allowExitOnIdle: true });
  pool.on('error', () => {}); // without a listener it would end the process
  const query: Query = async (text, values) => pool.query(text, [...values]);
  const options = { query, ...(table !== undefined && { table }) };
  const store = postgresTokenStore(options);
  let hasTable = false;
  const createTable = async (): Promise<void> => {
    if (hasTable) return;
    try {
      await createTokenTable(options);
    } catch {
      // it may be there, and this user may not create one; if not, the statement says so
    }
    hasTable = true;
  };
  return {
    store: {
      ...store,
      async ask(...args) {
        await createTable();
        return store.ask(...args);
      },
    },
    async clear() {
      await createTable();
      return (await pool.query(`DELETE FROM ${table ?? 'bearings_tokens'}`)).rowCount ?? 0;
    },
    close: () => pool.end(),
  };
}

/** `pg` ignores its options for user and password beside a connection string. */
function withLogin(text: string, user = '', password = ''): string {
  const url = new URL(text);
  if (user !== '') url.username = encodeURIComponent(user);
  if (password !== '') url.password = encodeURIComponent(password);
  return url.href;
}

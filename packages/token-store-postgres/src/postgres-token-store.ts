import { checkOptions, functionRule, stringRule } from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import { ConfigError } from '@bearings/client/errors';
import { parseRecord, recordTokenStore } from '@bearings/oauth-bearer/store';
import type { RecordRow, RecordTable, TokenStore } from '@bearings/oauth-bearer/store';

/** Sends one statement: `(text, values) => pool.query(text, values)`. */
export type Query = (text: string, values: readonly unknown[]) => Promise<{ readonly rows: readonly unknown[] }>;

export interface PostgresTokenStoreOptions {
  readonly query: Query;
  /** The table, which `createTokenTable` creates; with its schema, if need be. Default: `bearings_tokens`. */
  readonly table?: string;
}

const rules: OptionRules<PostgresTokenStoreOptions> = { query: functionRule, table: stringRule };
const tableName = /^[a-z_]\w*(?:\.[a-z_]\w*)?$/i;

/**
 * A store in a table of PostgreSQL.
 *
 * Each statement stands alone: no transaction, no session lock, no connection that is held during a token request, so a
 * pooler such as PgBouncer may be in between. A row is written only if its version is the one that was read.
 *
 * @throws ConfigError for wrong options
 */
export function postgresTokenStore(options: PostgresTokenStoreOptions): TokenStore {
  return recordTokenStore(createTable(options, 'floor(extract(epoch from clock_timestamp()) * 1000)'));
}

/** Creates the table if it is not there. For a migration, or at the start of a service. */
export async function createTokenTable(options: PostgresTokenStoreOptions): Promise<void> {
  const { query, table } = checked(options);
  const columns = 'key text PRIMARY KEY, version bigint NOT NULL, record text NOT NULL, ends_at timestamptz NOT NULL';
  await query(`CREATE TABLE IF NOT EXISTS ${table} (${columns})`, []);
}

/** @param now - the time as an expression of SQL, in milliseconds since the epoch */
export function createTable(options: PostgresTokenStoreOptions, now: string): RecordTable {
  const { query, table } = checked(options);
  const select = `SELECT ${now} AS now, version, record FROM (SELECT 1) AS one LEFT JOIN ${table} ON key = $1`;
  const insert = `INSERT INTO ${table} (key, version, record, ends_at) VALUES ($1, 1, $2, to_timestamp($3)) ON CONFLICT DO NOTHING RETURNING 1`;
  const update = `UPDATE ${table} SET version = version + 1, record = $2, ends_at = to_timestamp($3) WHERE key = $1 AND version = $4 RETURNING 1`;
  return {
    async read(key) {
      const { rows } = await query(select, [key]);
      return readRow(rows[0]);
    },
    async write(key, { record, version, endsAtMs }) {
      const values = [key, JSON.stringify(record), endsAtMs / 1_000];
      const { rows } = await (version === undefined ? query(insert, values) : query(update, [...values, version]));
      return rows.length === 1;
    },
  };
}

function checked(options: PostgresTokenStoreOptions): { readonly query: Query; readonly table: string } {
  checkOptions(options, rules, { owner: 'postgresTokenStore' });
  const { query, table = 'bearings_tokens' } = options;
  if (!tableName.test(table)) throw new ConfigError('table', 'table must be a name, or schema.name, without quotes');
  return { query, table };
}

/** `bigint` comes as text. What cannot be read counts as nothing: it is replaced. */
function readRow(row: unknown): RecordRow {
  const found: { now?: unknown; version?: unknown; record?: unknown } =
    typeof row === 'object' && row !== null ? row : {};
  const version = found.version === null || found.version === undefined ? undefined : Number(found.version);
  return { nowMs: Number(found.now), version, record: parseRecord(found.record) };
}

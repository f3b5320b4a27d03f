import { assertOption, checkOptions, functionRule } from '@bearings/client/layer';
import type { GrantStore } from './grant-store.ts';
import { checkVersion, migrations } from './sql/migrations.ts';
import type { SqlDatabase, SqlRow, SqlValue } from './sql/sql-database.ts';
import { SqlStore } from './sql/sql-store.ts';
import { toStoreError } from './sql/to-store-error.ts';

/** Runs one statement, as `pg.Pool` and PGlite do. */
export type PostgresQuery = (
  text: string,
  values?: unknown[],
) => Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;

export interface PostgresStoreOptions {
  /** Your pool's: `(text, values) => pool.query(text, values)`. You close the pool. */
  readonly query: PostgresQuery;
}

/** Keeps grants in PostgreSQL 12 or newer, in the first schema of the search path. Any number of processes may share it. */
export function postgresStore(options: PostgresStoreOptions): GrantStore {
  checkOptions(options, { query: functionRule }, { owner: 'postgresStore' });
  assertOption('query', options.query, functionRule);
  return new SqlStore(new PostgresDatabase(options.query));
}

const name = 'PostgreSQL';
const now = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

class PostgresDatabase implements SqlDatabase {
  readonly name = name;
  readonly #query: PostgresQuery;

  constructor(query: PostgresQuery) {
    this.#query = query;
  }

  async query(text: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    try {
      return (await this.#query(text.replaceAll('{now}', now), [...values])).rows;
    } catch (cause) {
      throw toStoreError(name, cause);
    }
  }

  /** Reads first: a role that may not create tables can use those that are there. */
  async migrate(): Promise<void> {
    const version = await this.#version();
    if (version < migrations.length) await this.query(migration());
    checkVersion(name, version);
  }

  /** PostgreSQL overwrites deleted rows by itself, at its next vacuum. */
  async eraseDeleted(): Promise<void> {}

  async close(): Promise<void> {}

  async #version(): Promise<number> {
    const [found] = await this.query("SELECT to_regclass('bearings_schema') IS NOT NULL AS is_there");
    if (found?.['is_there'] !== true) return 0;
    const [row] = await this.query('SELECT max(version) AS version FROM bearings_schema');
    return Number(row?.['version'] ?? 0);
  }
}

/** Any number; the same in every process that migrates. */
const lockId = 4_273_177;

/** All steps as one statement, because a pool runs each on a connection of its choice. The lock ends with it. */
function migration(): string {
  const steps = migrations.map((migrate, index) => {
    const statements = migrate({ integer: 'BIGINT', bytes: 'BYTEA' });
    const version = index + 1;
    return `IF found_version < ${version} THEN ${statements.join(';\n')};
      INSERT INTO bearings_schema (version) VALUES (${version}); END IF;`;
  });
  return `DO $bearings$ DECLARE found_version BIGINT; BEGIN
    PERFORM pg_advisory_xact_lock(${lockId});
    CREATE TABLE IF NOT EXISTS bearings_schema (version BIGINT PRIMARY KEY);
    SELECT coalesce(max(version), 0) INTO found_version FROM bearings_schema;
    ${steps.join('\n')}
  END $bearings$`;
}

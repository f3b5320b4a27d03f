import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { StoreAddress } from './open-store.ts';

/** The database of one run. */
export interface Database {
  readonly description: string;
  readonly address: StoreAddress;
  /** Deletes everything of this run. */
  drop(): Promise<void>;
}

const localUrl = 'postgres://postgres@127.0.0.1:5432/postgres';

/**
 * A new schema in PostgreSQL: that of `DATABASE_URL`, or of this machine when it answers. Else, and for `DATABASE_URL=`,
 * a new SQLite file.
 *
 * @throws when there is no PostgreSQL at `DATABASE_URL`
 */
export async function createDatabase(databaseUrl: string | undefined): Promise<Database> {
  if (databaseUrl === '') return createSqlite('DATABASE_URL is empty');
  try {
    return await createPostgres(databaseUrl ?? localUrl);
  } catch (cause) {
    if (databaseUrl !== undefined) throw cause;
    return createSqlite('no PostgreSQL answers at 127.0.0.1:5432');
  }
}

async function createPostgres(url: string): Promise<Database> {
  const schema = `bearings_agent_${randomBytes(4).toString('hex')}`;
  await runStatement(url, `CREATE SCHEMA ${schema}`);
  return {
    description: `PostgreSQL at ${new URL(url).host}, in the schema ${schema}`,
    address: { url, schema },
    drop: () => runStatement(url, `DROP SCHEMA ${schema} CASCADE`),
  };
}

async function runStatement(connectionString: string, statement: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 3_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function createSqlite(why: string): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), 'bearings-'));
  return {
    description: `a SQLite file: ${why}`,
    address: { path: join(folder, 'grants.db') },
    drop: () => rm(folder, { recursive: true }),
  };
}

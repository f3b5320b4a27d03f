import { randomUUID } from 'node:crypto';
import { Client, Pool } from 'pg';

/** Where the tests find PostgreSQL. */
const url = process.env['BEARINGS_POSTGRES_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';

/** Set in CI: a PostgreSQL that is not there fails the tests, which are skipped by name elsewhere. */
const isRequired = process.env['BEARINGS_REQUIRE_POSTGRES'] === '1';

/** A schema of its own in a real PostgreSQL. */
export interface PostgresSchema {
  readonly pool: Pool;
  /** For another process. */
  readonly url: string;
  readonly schema: string;
  readonly drop: () => Promise<void>;
}

/** True when PostgreSQL answers. */
export const hasPostgres: boolean = await canConnect();

async function canConnect(): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (cause) {
    if (isRequired)
      throw new Error(`BEARINGS_REQUIRE_POSTGRES is set, and there is no PostgreSQL at ${url}`, { cause });
    return false;
  }
}

/** A new schema. */
export async function createSchema(): Promise<PostgresSchema> {
  const schema = `bearings_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  const admin = new Client({ connectionString: url });
  await admin.connect();
  await admin.query(`CREATE SCHEMA ${schema}`);
  await admin.end();
  const pool = connect(url, schema);
  const drop = async (): Promise<void> => {
    await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    await pool.end();
  };
  return { pool, url, schema, drop };
}

/** A pool whose connections use a schema. */
function connect(connectionString: string, schema: string): Pool {
  return new Pool({ connectionString, options: `-c search_path=${schema}`, max: 4 });
}

import { randomUUID } from 'node:crypto';
import { Client, Pool } from 'pg';
import { postgres } from '../../../../test/services.ts';

/** A schema of its own in a real PostgreSQL. */
export interface PostgresSchema {
  readonly pool: Pool;
  /** For another process. */
  readonly url: string;
  readonly schema: string;
  readonly drop: () => Promise<void>;
}

/** A new schema. */
export async function createSchema(): Promise<PostgresSchema> {
  const { url } = postgres;
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

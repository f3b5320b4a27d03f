import { RunError } from '../run-error.ts';
import type { Database, Transaction } from './open-database.ts';

/**
 * Creates the tables beside those of pg-boss, or brings them to this version. Several workers may do so at once.
 *
 * Values of an API are `json`, not `jsonb`: that would drop repeated names, and refuse `\u0000`.
 *
 * @throws RunError `STATE` when a newer program has changed the tables; nothing was changed
 */
export async function createTables(database: Database): Promise<void> {
  const { schema } = database;
  await database.transaction(async (transaction) => {
    await lockTables(transaction, schema);
    await transaction.query(`CREATE TABLE IF NOT EXISTS ${schema}.connector_version (version integer NOT NULL)`);
    const [row] = await transaction.query<{ readonly version: number }>(
      `SELECT max(version) AS version FROM ${schema}.connector_version`,
    );
    const version = row?.version ?? 0;
    assertVersion(version, schema);
    for (const migration of migrations.slice(version)) {
      for (const statement of migration(schema)) await transaction.query(statement);
    }
    if (version === migrations.length) return;
    await transaction.query(`INSERT INTO ${schema}.connector_version VALUES ($1)`, [migrations.length]);
  });
}

/** Waits until no other worker changes tables or registers documents; until the end of the transaction. */
export async function lockTables({ query }: Transaction, schema: string): Promise<void> {
  await query('SELECT pg_advisory_xact_lock(hashtext($1))', [`${schema} connector tables`]);
}

function assertVersion(version: number, schema: string): void {
  if (version <= migrations.length) return;
  throw new RunError('STATE', `A newer program has changed the tables of the schema ${schema}: version ${version}`, [
    `This one knows version ${migrations.length}. Update it on this machine`,
  ]);
}

const fleetTables = (schema: string): readonly string[] => [
  `CREATE SEQUENCE ${schema}.connector_generation AS integer`,
  `CREATE TABLE ${schema}.connector_document (
    name text PRIMARY KEY,
    version text NOT NULL,
    generation integer NOT NULL,
    worker text,
    registered_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE TABLE ${schema}.connector_worker (
    name text PRIMARY KEY,
    versions jsonb NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now()
  )`,
];

const runTables = (schema: string): readonly string[] => [
  `CREATE TABLE ${schema}.connector_run (
    id uuid PRIMARY KEY,
    connector text NOT NULL,
    cause text NOT NULL CHECK (cause IN ('command', 'schedule')),
    state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed')),
    job uuid NOT NULL,
    attempt integer NOT NULL DEFAULT -1,
    tries integer NOT NULL DEFAULT 0,
    idle_tries integer NOT NULL DEFAULT 0,
    version text,
    checkpoint json,
    part text,
    records bigint NOT NULL DEFAULT 0,
    pages bigint NOT NULL DEFAULT 0,
    pages_at_claim bigint NOT NULL DEFAULT 0,
    worker text,
    output text,
    failure json,
    queued_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz
  )`,
  `CREATE INDEX connector_run_recent ON ${schema}.connector_run (connector, queued_at DESC, id)`,
  `CREATE TABLE ${schema}.connector_record (
    run uuid NOT NULL REFERENCES ${schema}.connector_run ON DELETE CASCADE,
    number bigint NOT NULL,
    resource text NOT NULL,
    parent json,
    record json NOT NULL,
    PRIMARY KEY (run, number)
  )`,
];

/** Version 1 first. Versions that were released are never changed. */
const migrations: readonly ((schema: string) => readonly string[])[] = [
  (schema) => [...fleetTables(schema), ...runTables(schema)],
];

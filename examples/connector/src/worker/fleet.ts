import { createHash } from 'node:crypto';
import type { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Connector } from '../connector-schema.ts';
import { RunError } from '../run-error.ts';
import type { Database, Transaction } from './open-database.ts';
import { removeSchedule, setSchedule } from './queue.ts';
import { lockTables } from './tables.ts';

/** A connector's document, as a worker read it. */
export interface Document {
  readonly connector: Connector;
  /** Identifies the content: two documents with the same content have the same version. */
  readonly version: string;
}

export function createDocument(connector: Connector): Document {
  const digest = createHash('sha256').update(JSON.stringify(connector)).digest('hex');
  return { connector, version: digest.slice(0, 12) };
}

/** How documents are registered. */
export interface RegisterOptions {
  /** The name of the worker; `undefined` for a command that runs nothing. */
  readonly worker?: string;
  /** True to replace versions that other workers run: they leave the connector's next runs to workers with this one. */
  readonly replace: boolean;
}

/**
 * Makes these documents the current ones, with their schedules.
 *
 * @returns the generation of these documents: it is above those of all that were registered before
 * @throws RunError `CONFIG` when a live worker runs another version, and `replace` is not set; nothing was changed
 */
export async function registerDocuments(
  database: Database,
  documents: readonly Document[],
  { worker, replace }: RegisterOptions,
): Promise<number> {
  const { boss } = database;
  for (const { connector } of documents) assertSchedule(boss, connector);
  const generation = await database.transaction(async (transaction) => {
    await lockTables(transaction, database.schema); // of two workers that start at once, the second one sees the first
    const others = (await readWorkers(database)).filter(({ name, isLive }) => isLive && name !== worker);
    if (!replace) for (const document of documents) assertSameVersion(document, others);
    const next = await nextGeneration(transaction, database.schema);
    await writeDocuments(transaction, database.schema, { documents, worker, generation: next });
    if (worker !== undefined) await writeWorker(transaction, database.schema, { documents, worker, others });
    return next;
  });
  for (const { connector } of documents) {
    const { schedule } = connector.spec;
    if (schedule === undefined) await removeSchedule(boss, connector.metadata.name);
    else await setSchedule(boss, connector.metadata.name, schedule);
  }
  return generation;
}

async function nextGeneration({ query }: Transaction, schema: string): Promise<number> {
  const [row] = await query<{ readonly next: number }>(
    `SELECT nextval('${schema}.connector_generation')::integer AS next`,
  );
  return row?.next ?? 0;
}

interface Registration {
  readonly documents: readonly Document[];
  readonly worker: string | undefined;
}

/** A document that has not changed keeps its generation. */
async function writeDocuments(
  { query }: Transaction,
  schema: string,
  registration: Registration & { readonly generation: number },
): Promise<void> {
  for (const { connector, version } of registration.documents) {
    await query(
      `INSERT INTO ${schema}.connector_document AS known (name, version, worker, generation) VALUES ($1, $2, $3, $4)
       ON CONFLICT (name) DO UPDATE SET version = $2, worker = $3, registered_at = now(),
         generation = CASE WHEN known.version = $2 THEN known.generation ELSE $4 END`,
      [connector.metadata.name, version, registration.worker ?? null, registration.generation],
    );
  }
}

/** Adds the worker, and removes those that are not live. */
async function writeWorker(
  { query }: Transaction,
  schema: string,
  { documents, worker, others }: Registration & { readonly others: readonly FleetWorker[] },
): Promise<void> {
  await query(`DELETE FROM ${schema}.connector_worker WHERE name <> ALL($1)`, [others.map(({ name }) => name)]);
  const versions = Object.fromEntries(documents.map(({ connector, version }) => [connector.metadata.name, version]));
  await query(
    `INSERT INTO ${schema}.connector_worker (name, versions) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET versions = $2, started_at = now()`,
    [worker, JSON.stringify(versions)],
  );
}

function assertSchedule(boss: PgBoss, { metadata, spec }: Connector): void {
  if (spec.schedule === undefined) return;
  const { cron, timezone } = spec.schedule;
  try {
    boss.previewSchedule(cron, { tz: timezone, count: 1 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RunError('CONFIG', `${metadata.name}: spec.schedule.cron cannot be used: ${reason}`, [
      'An example: 0 3 * * * is each day at three',
    ]);
  }
}

function assertSameVersion({ connector, version }: Document, others: readonly FleetWorker[]): void {
  const { name } = connector.metadata;
  const other = others.find(({ versions }) => (versions[name] ?? version) !== version);
  if (other === undefined) return;
  throw new RunError('CONFIG', `${name}: worker ${other.name} runs another version of the document`, [
    `version here: ${version}; there: ${other.versions[name]}`,
    'Give both the same file; or start with --replace, and the other one leaves the next runs to this one',
  ]);
}

/** True while no other version of the document has replaced this one. */
export async function isCurrent(database: Database, { connector, version }: Document): Promise<boolean> {
  const rows = await database.query(
    `SELECT 1 FROM ${database.schema}.connector_document WHERE name = $1 AND version <> $2`,
    [connector.metadata.name, version],
  );
  return rows.length === 0;
}

/** The generation of a connector's current document: no worker with an earlier one has it. */
export async function readGeneration({ query }: Transaction, schema: string, connector: string): Promise<number> {
  const [row] = await query<{ readonly generation: number }>(
    `SELECT generation FROM ${schema}.connector_document WHERE name = $1`,
    [connector],
  );
  return row?.generation ?? 0;
}

/** A worker that was started, and its documents. */
export interface FleetWorker {
  readonly name: string;
  readonly versions: Readonly<Record<string, string>>;
  /** True until it stops, or gives no sign of life for three heartbeats. */
  readonly isLive: boolean;
  readonly startedAt: Date;
}

const versionsSchema = z.record(z.string(), z.string());

/** The workers that pg-boss knows, the latest first. */
export async function readWorkers(database: Database): Promise<readonly FleetWorker[]> {
  const rows = await database.query<{ readonly name: string; readonly versions: unknown; readonly started_at: Date }>(
    `SELECT name, versions, started_at FROM ${database.schema}.connector_worker ORDER BY started_at DESC, name`,
  );
  const instances = await database.boss.getInstances();
  return rows.map(({ name, versions, started_at: startedAt }) => ({
    name,
    versions: versionsSchema.parse(versions),
    isLive: instances.some((instance) => instance.name === name && instance.live),
    startedAt,
  }));
}

/** The names of all registered connectors. */
export async function readDocuments(database: Database): Promise<ReadonlyMap<string, string>> {
  const rows = await database.query<{ readonly name: string; readonly version: string }>(
    `SELECT name, version FROM ${database.schema}.connector_document ORDER BY name`,
  );
  return new Map(rows.map(({ name, version }) => [name, version]));
}

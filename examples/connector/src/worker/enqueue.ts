import { RunError } from '../run-error.ts';
import { readDocuments } from './fleet.ts';
import type { Database, Transaction } from './open-database.ts';
import { sendJob } from './queue.ts';

/** What became of a request to run a connector. */
export interface Enqueued {
  readonly run: string;
  /** False when the connector waits or runs already: nothing was added. */
  readonly isNew: boolean;
  /** The pages that a resumed run has already. */
  readonly pages: number;
}

/**
 * Puts a connector into the queue. A connector that waits or runs already is left as it is.
 *
 * @param resume - true to continue the last run, which failed, at its checkpoint, instead of beginning a new one
 * @throws RunError `CONFIG` for an unknown connector, `STATE` when there is no failed run to continue
 */
export async function enqueue(
  database: Database,
  connector: string,
  { resume = false }: { readonly resume?: boolean } = {},
): Promise<Enqueued> {
  await assertKnown(database, connector);
  return database.transaction((transaction) =>
    resume ? resumeRun(database, connector, transaction) : beginRun(database, connector, transaction),
  );
}

/** @throws RunError `CONFIG` when no worker, and no `connector schedule`, has registered the connector */
export async function assertKnown(database: Database, connector: string): Promise<void> {
  const known = [...(await readDocuments(database)).keys()];
  if (known.includes(connector)) return;
  const names = known.length === 0 ? 'none; a worker registers its connectors when it starts' : known.join(', ');
  throw new RunError('CONFIG', `No connector ${JSON.stringify(connector)} is registered in this database`, [
    `registered: ${names}`,
  ]);
}

async function beginRun({ boss, schema }: Database, connector: string, transaction: Transaction): Promise<Enqueued> {
  const job = await sendJob(boss, { connector }, { transaction });
  if (job === undefined) return findOpenRun(schema, connector, transaction);
  await transaction.query(
    `INSERT INTO ${schema}.connector_run (id, connector, cause, state, job) VALUES ($1, $2, 'command', 'queued', $1)`,
    [job, connector],
  );
  return { run: job, isNew: true, pages: 0 };
}

interface LastRun {
  readonly id: string;
  readonly state: string;
  readonly pages: string;
}

async function resumeRun({ boss, schema }: Database, connector: string, transaction: Transaction): Promise<Enqueued> {
  const [last] = await transaction.query<LastRun>(
    `SELECT id, state, pages FROM ${schema}.connector_run WHERE connector = $1
     ORDER BY queued_at DESC, id LIMIT 1 FOR UPDATE`,
    [connector],
  );
  if (last === undefined || last.state === 'succeeded') {
    throw new RunError('STATE', `${connector} has no failed run to continue`, [
      `connector enqueue ${connector}, without --resume, begins a new one`,
    ]);
  }
  const job = await sendJob(boss, { connector, run: last.id }, { transaction });
  if (job === undefined) return { run: last.id, isNew: false, pages: Number(last.pages) };
  await transaction.query(
    `UPDATE ${schema}.connector_run SET state = 'queued', job = $2, attempt = -1, pages_at_claim = -1, finished_at = NULL
     WHERE id = $1`,
    [last.id, job],
  );
  return { run: last.id, isNew: true, pages: Number(last.pages) };
}

async function findOpenRun(schema: string, connector: string, { query }: Transaction): Promise<Enqueued> {
  const [open] = await query<LastRun>(
    `SELECT id, state, pages FROM ${schema}.connector_run WHERE connector = $1 AND state IN ('queued', 'running')
     ORDER BY queued_at DESC LIMIT 1`,
    [connector],
  );
  return { run: open?.id ?? 'of the schedule', isNew: false, pages: Number(open?.pages ?? 0) };
}

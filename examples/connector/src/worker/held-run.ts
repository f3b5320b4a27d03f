import type { CheckpointStore } from '../checkpoint-store.ts';
import { parseCheckpoint } from '../checkpoint.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { RunError } from '../run-error.ts';
import type { Database, Transaction } from './open-database.ts';
import type { Job } from './queue.ts';

/** Why a run failed, as it is stored and shown. */
export interface Failure {
  readonly code: string;
  readonly reason: string;
  readonly details: readonly string[];
  readonly remedy: string;
}

/**
 * A run that one worker holds.
 *
 * Job and attempt are the fencing token: each statement of the holder names them, so what a worker writes after its run
 * was given to another one changes nothing.
 */
export interface HeldRun {
  readonly id: string;
  readonly connector: string;
  readonly job: Job;
  /** The version of the document that an earlier attempt used. */
  readonly version: string | null;
  /** The checkpoint as it is stored; `undefined` before the first page. */
  readonly stored: unknown;
  /** The file that the checkpoint counts, when records go to a folder. */
  readonly part: string | null;
  readonly pages: number;
  /** How many attempts before this one ended in a row without a new page. */
  readonly idleAttempts: number;
}

interface Claim {
  readonly run: string;
  readonly connector: string;
  readonly job: Job;
  readonly worker: string;
}

interface ClaimedRow {
  readonly version: string | null;
  readonly checkpoint: unknown;
  readonly part: string | null;
  readonly pages: string;
  readonly idle_tries: number;
}

/** Takes a run for a job's attempt; `undefined` when the run has ended, or a later attempt has it. */
export async function claimRun(database: Database, claim: Claim): Promise<HeldRun | undefined> {
  const { run: id, connector, job, worker } = claim;
  const table = `${database.schema}.connector_run`;
  await database.query(
    `INSERT INTO ${table} (id, connector, cause, state, job, queued_at) VALUES ($1, $2, 'schedule', 'queued', $3, $4)
     ON CONFLICT DO NOTHING`,
    [id, connector, job.id, job.createdOn],
  );
  const [row] = await database.query<ClaimedRow>(
    `UPDATE ${table} SET state = 'running', attempt = $3, tries = tries + 1, worker = $4,
       idle_tries = CASE WHEN tries = 0 OR pages > pages_at_claim THEN 0 ELSE idle_tries + 1 END,
       pages_at_claim = pages, started_at = coalesce(started_at, now())
     WHERE id = $1 AND job = $2 AND attempt < $3 AND state IN ('queued', 'running')
     RETURNING version, checkpoint, part, pages, idle_tries`,
    [id, job.id, job.retryCount, worker],
  );
  if (row === undefined) return undefined;
  const { version, part, pages, idle_tries: idleAttempts } = row;
  const stored = row.checkpoint ?? undefined;
  return { id, connector, job, version, stored, part, pages: Number(pages), idleAttempts };
}

/** SQL for the row of a held run: `$1` to `$3` are the run, the job and the attempt. */
export const heldBy = `id = $1 AND job = $2 AND attempt = $3 AND state = 'running'`;

export const holderValues = ({ id, job }: HeldRun): readonly [string, string, number] => [id, job.id, job.retryCount];

/**
 * The checkpoint of a held run.
 *
 * @param save - answers false when the run is not held any more: then it changed nothing
 */
export function checkpointStore(run: HeldRun, save: (checkpoint: Checkpoint) => Promise<boolean>): CheckpointStore {
  return {
    name: `run ${run.id}`,
    lock: async () => async () => {}, // `claimRun` did it
    load: async () => run.stored,
    async save(checkpoint) {
      if (await save(checkpoint)) return;
      throw takenOver();
    },
  };
}

const takenOver = (): RunError => new RunError('ABORTED', 'another worker took the run over');

/** How many bytes of output the checkpoint confirms. One that cannot be read is refused when the run begins. */
export const confirmedBytes = ({ stored }: HeldRun): number => parseCheckpoint(stored)?.bytes ?? 0;

/** True when an earlier attempt has pulled everything, and was killed before it could say so. */
export const isPulled = ({ stored }: HeldRun): boolean => parseCheckpoint(stored)?.todo.length === 0;

/**
 * Ends a run in which everything was pulled; returns its counts.
 *
 * @throws RunError `ABORTED` when the run is not held any more
 */
export async function completeRun(
  database: Database,
  run: HeldRun,
  output: string,
): Promise<{ readonly records: string; readonly pages: string }> {
  const [row] = await database.query<{ readonly records: string; readonly pages: string }>(
    `UPDATE ${database.schema}.connector_run
     SET state = 'succeeded', failure = NULL, output = $4, finished_at = now() WHERE ${heldBy} RETURNING records, pages`,
    [...holderValues(run), output],
  );
  if (row === undefined) throw takenOver();
  return row;
}

/** Stores a failure. A run that is tried again is `queued`. */
export async function failRun(
  database: Database,
  run: HeldRun,
  { failure, isFinal }: { readonly failure: Failure; readonly isFinal: boolean },
): Promise<void> {
  await database.query(
    `UPDATE ${database.schema}.connector_run SET state = $4, failure = $5,
       finished_at = CASE WHEN $4 = 'failed' THEN now() END WHERE ${heldBy}`,
    [...holderValues(run), isFinal ? 'failed' : 'queued', JSON.stringify(failure)],
  );
}

/** Stores the version of the document that the holder runs. */
export async function setVersion(database: Database, run: HeldRun, version: string): Promise<void> {
  await database.query(`UPDATE ${database.schema}.connector_run SET version = $4 WHERE ${heldBy}`, [
    ...holderValues(run),
    version,
  ]);
}

/** True while this attempt has the run. It cannot be taken before the transaction ends. */
export async function isHeld({ query }: Transaction, schema: string, run: HeldRun): Promise<boolean> {
  const rows = await query(`SELECT id FROM ${schema}.connector_run WHERE ${heldBy} FOR UPDATE`, holderValues(run));
  return rows.length === 1;
}

/** Queues a run under another job, in place of that of this attempt. The attempt does not count as a failure. */
export async function replaceJob(
  { query }: Transaction,
  change: { readonly schema: string; readonly run: string; readonly job: Job; readonly next: string },
): Promise<void> {
  await query(
    `UPDATE ${change.schema}.connector_run
     SET state = 'queued', job = $3, attempt = -1, pages_at_claim = -1, worker = NULL
     WHERE id = $1 AND job = $2 AND state IN ('queued', 'running')`,
    [change.run, change.job.id, change.next],
  );
}

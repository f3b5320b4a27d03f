import { readDocuments, readWorkers } from './fleet.ts';
import type { FleetWorker } from './fleet.ts';
import type { Database } from './open-database.ts';
import { openJobs, readJob, readSchedules } from './queue.ts';
import type { Job } from './queue.ts';
import type { Failure } from './held-run.ts';

/** The state of a run. A run that is tried again after a failure is `queued`, with that failure. */
type RunState = 'queued' | 'running' | 'succeeded' | 'failed';

/** A run, as `connector status --json` prints it. Times are ISO 8601. */
export interface RunStatus {
  readonly id: string;
  readonly connector: string;
  readonly state: RunState;
  readonly cause: 'command' | 'schedule';
  /** The version of the document that the last attempt used. */
  readonly version: string | null;
  /** How often a worker has begun the run. */
  readonly attempts: number;
  readonly records: number;
  readonly pages: number;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** From the first attempt to the end, or to now. */
  readonly durationMs: number | null;
  /** When a queued run may start. */
  readonly nextAttemptAt: string | null;
  readonly worker: string | null;
  /** `database`, or the file. */
  readonly output: string | null;
  readonly failure: Failure | null;
}

/** A registered connector. */
export interface ConnectorStatus {
  readonly name: string;
  readonly version: string;
  readonly cron: string | null;
  readonly timezone: string | null;
  /** When the schedule queues it next. */
  readonly nextAt: string | null;
}

/** What all workers of a database do. */
export interface Status {
  readonly at: string;
  readonly connectors: readonly ConnectorStatus[];
  /** The latest first. */
  readonly runs: readonly RunStatus[];
  readonly workers: readonly (Omit<FleetWorker, 'startedAt'> & { readonly startedAt: string })[];
}

/** Which runs are read. */
export interface StatusOptions {
  /** Only the runs of this connector. */
  readonly connector?: string;
  /** How many runs, at most. Default: 50. */
  readonly limit?: number;
}

/** Reads what all workers of a database do. Changes nothing. */
export async function readStatus(database: Database, options: StatusOptions = {}): Promise<Status> {
  const now = new Date();
  const jobs = await openJobs(database.boss);
  const schedules = await readSchedules(database.boss, now);
  const documents = await readDocuments(database);
  const workers = await readWorkers(database);
  return {
    at: now.toISOString(),
    connectors: [...documents].map(([name, version]) => {
      const { cron = null, timezone = null, nextAt } = schedules.get(name) ?? {};
      return { name, version, cron, timezone, nextAt: toText(nextAt) };
    }),
    runs: await readRuns(database, { now, jobs, options }),
    workers: workers.map((worker) => ({ ...worker, startedAt: worker.startedAt.toISOString() })),
  };
}

interface RunContext {
  readonly now: Date;
  readonly jobs: readonly Job[];
  readonly options: StatusOptions;
}

interface RunRow {
  readonly id: string;
  readonly connector: string;
  readonly cause: 'command' | 'schedule';
  readonly state: RunState;
  readonly job: string;
  readonly version: string | null;
  readonly tries: number;
  readonly records: string;
  readonly pages: string;
  readonly worker: string | null;
  readonly output: string | null;
  readonly failure: Failure | null;
  readonly queued_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

async function readRuns(database: Database, { now, jobs, options }: RunContext): Promise<readonly RunStatus[]> {
  const { connector, limit = 50 } = options;
  const rows = await database.query<RunRow>(
    `SELECT id, connector, cause, state, job, version, tries, records, pages, worker, output, failure, queued_at, started_at,
       finished_at FROM ${database.schema}.connector_run
     WHERE $1::text IS NULL OR connector = $1 ORDER BY state IN ('queued', 'running') DESC, queued_at DESC, id LIMIT $2`,
    [connector ?? null, limit],
  );
  const known = new Set(rows.map(({ id }) => id));
  const waiting = jobs
    .flatMap((job) => describeWaiting(job))
    .filter((run) => !known.has(run.id) && (connector === undefined || run.connector === connector));
  const byId = new Map(jobs.map((job) => [job.id, job]));
  return [...waiting, ...rows.map((row) => describeRun(row, byId.get(row.job), now))].slice(0, limit);
}

/** A scheduled run has no row before a worker takes it. */
function describeWaiting(job: Job): readonly RunStatus[] {
  const content = readJob(job);
  if (content === undefined) return [];
  const times = { queuedAt: job.createdOn.toISOString(), nextAttemptAt: job.startAfter.toISOString() };
  const identity = { id: content.run, connector: content.connector, state: 'queued', cause: 'schedule' } as const;
  return [{ ...nothingYet, ...identity, ...times }];
}

const nothingYet = {
  version: null,
  attempts: 0,
  records: 0,
  pages: 0,
  startedAt: null,
  finishedAt: null,
  durationMs: null,
  worker: null,
  output: null,
  failure: null,
} as const;

function describeRun(row: RunRow, job: Job | undefined, now: Date): RunStatus {
  const { id, connector, cause, worker, output, started_at: startedAt, finished_at: finishedAt } = row;
  const isOpen = row.state === 'queued' || row.state === 'running';
  const isLost = isOpen && job === undefined;
  const state = isLost ? 'failed' : isOpen && job?.state !== 'active' ? 'queued' : row.state;
  return {
    id,
    connector,
    state,
    cause,
    version: row.version,
    attempts: row.tries,
    records: Number(row.records),
    pages: Number(row.pages),
    queuedAt: row.queued_at.toISOString(),
    startedAt: toText(startedAt),
    finishedAt: toText(finishedAt),
    durationMs: startedAt === null ? null : (finishedAt ?? now).getTime() - startedAt.getTime(),
    nextAttemptAt: state === 'queued' ? toText(job?.startAfter) : null,
    worker,
    output,
    failure: isLost ? lostFromQueue(connector) : row.failure,
  };
}

const toText = (date: Date | null | undefined): string | null => date?.toISOString() ?? null;

const lostFromQueue = (connector: string): Failure => ({
  code: 'LOST',
  reason: 'the queue has no job for the run any more: it waited for two weeks, or the job was deleted',
  details: [],
  remedy: `Start a worker that has the connector, then: connector enqueue ${connector} --resume`,
});

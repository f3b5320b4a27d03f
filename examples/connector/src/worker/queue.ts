import type { JobWithMetadata, PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Transaction } from './open-database.ts';

const queue = 'connector-runs';

/** pg-boss counts claims, also of workers that died; how often a run is tried is decided in `run-job.ts`. */
const claims = 10_000;

const contentSchema = z.object({
  connector: z.string(),
  run: z.uuid().optional(),
  refusals: z.int().min(0).default(0),
});

/** A claim of pg-boss: the attempt of a worker at a run. */
export type Job = JobWithMetadata;

/** What a job is for. The first job of a run has no `run`: the run gets the id of that job. */
export interface JobContent {
  readonly connector: string;
  readonly run: string;
  /** How many workers in a row did not have the connector's current document. */
  readonly refusals: number;
}

/** When a run is tried again. */
export interface QueueTimes {
  /** Seconds without a sign of life until a run is taken from its worker: at least 10. */
  readonly takeOverAfterS: number;
  /** Seconds before the second attempt; doubled for each further one. */
  readonly retryDelayS: number;
  /** The longest pause between two attempts, in seconds. */
  readonly retryDelayMaxS: number;
}

/**
 * Creates the queue, or gives it these times.
 *
 * Its policy is `exclusive`: per connector at most one job waits or runs. pg-boss ends a job after a day; the run then
 * continues at its checkpoint, as after a crash.
 */
export async function createQueue(boss: PgBoss, times: QueueTimes): Promise<void> {
  const options = {
    heartbeatSeconds: times.takeOverAfterS,
    retryLimit: claims,
    retryBackoff: true,
    retryDelay: times.retryDelayS,
    retryDelayMax: times.retryDelayMaxS,
    expireInSeconds: 86_400 - 1,
  };
  await boss.createQueue(queue, { policy: 'exclusive', ...options });
  await boss.updateQueue(queue, options);
}

/** How a job is added. */
export interface SendOptions {
  readonly transaction: Transaction;
  readonly delayS?: number;
  /** Workers of an earlier generation do not take the job. Default: any worker may. */
  readonly generation?: number;
}

/** Adds a job; `undefined` when the connector waits or runs already. */
export async function sendJob(
  boss: PgBoss,
  content: Partial<JobContent> & Pick<JobContent, 'connector'>,
  { transaction, delayS = 0, generation = 0 }: SendOptions,
): Promise<string | undefined> {
  const options = {
    singletonKey: content.connector,
    startAfter: delayS,
    priority: generation,
    db: transaction.db,
  };
  return (await boss.send(queue, content, options)) ?? undefined;
}

/** Ends a job within a transaction, so that another one can be added in its place. */
export async function endJob(boss: PgBoss, job: Job, transaction: Transaction): Promise<void> {
  await boss.complete(queue, job, null, { db: transaction.db });
}

/** How a worker settles a job: `failed` is tried again, `deadletter` is not. */
export type Settlement = 'completed' | 'failed' | 'deadletter';

/** How a worker takes jobs. */
export interface TakeOptions {
  /** How many at once. */
  readonly concurrency: number;
  readonly pollS: number;
  readonly heartbeatS: number;
  /** The generation of the worker's documents. */
  readonly generation: number;
}

/** Takes jobs until `boss` is stopped. */
export async function takeJobs(
  boss: PgBoss,
  { concurrency, pollS, heartbeatS, generation }: TakeOptions,
  run: (job: Job) => Promise<Settlement>,
): Promise<void> {
  const options = {
    includeMetadata: true,
    perJobResults: true,
    localConcurrency: concurrency,
    pollingIntervalSeconds: pollS,
    heartbeatRefreshSeconds: heartbeatS,
    maxPriority: generation,
  } as const;
  await boss.work<object, undefined, typeof options>(queue, options, (jobs) =>
    Promise.all(jobs.map(async (job) => ({ id: job.id, status: await run(job) }))),
  );
}

/** Reads a job's content; `undefined` when it was not written by this program. */
export function readJob({ id, data }: Job): JobContent | undefined {
  const content = contentSchema.safeParse(data);
  return content.success ? { ...content.data, run: content.data.run ?? id } : undefined;
}

/** The jobs that wait or run. */
export async function openJobs(boss: PgBoss): Promise<readonly Job[]> {
  const jobs = await boss.findJobs<object>(queue, { limit: 10_000 });
  return jobs.filter(({ state }) => state === 'created' || state === 'retry' || state === 'active');
}

/** Sets the times at which a connector is queued. An occurrence while all workers are down is made up for once. */
export async function setSchedule(
  boss: PgBoss,
  connector: string,
  { cron, timezone }: { readonly cron: string; readonly timezone: string },
): Promise<void> {
  await boss.schedule(
    queue,
    cron,
    { connector },
    { key: connector, singletonKey: connector, tz: timezone, missed: 'once' },
  );
}

export async function removeSchedule(boss: PgBoss, connector: string): Promise<void> {
  await boss.unschedule(queue, connector);
}

/** The schedules, by the name of the connector, each with its next time. */
export async function readSchedules(boss: PgBoss, now: Date): Promise<ReadonlyMap<string, Schedule>> {
  const schedules = await boss.getSchedules(queue);
  return new Map(
    schedules.map(({ key, cron, timezone }) => {
      const [next] = boss.previewSchedule(cron, { tz: timezone, from: now, count: 1 });
      return [key, { cron, timezone, nextAt: next }];
    }),
  );
}

/** When a connector is queued automatically. */
export interface Schedule {
  readonly cron: string;
  readonly timezone: string;
  readonly nextAt: Date | undefined;
}

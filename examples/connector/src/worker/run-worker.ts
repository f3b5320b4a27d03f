import { hostname } from 'node:os';
import type { Environment } from '@bearings/config';
import { registerDocuments } from './fleet.ts';
import type { Document } from './fleet.ts';
import { openDatabase } from './open-database.ts';
import { createQueue, takeJobs } from './queue.ts';
import { reportSeldom } from './report-seldom.ts';
import { runJob } from './run-job.ts';
import type { WorkerContext } from './pull-run.ts';

/** What a worker is started with. */
export interface WorkerOptions {
  /** The place of the database's URL: `env:NAME` or `file:/path`. */
  readonly database: string;
  readonly schema: string;
  readonly documents: readonly Document[];
  /** The folder of the outputs, shared by all workers; `undefined` to write records to the database. */
  readonly folder: string | undefined;
  /** How many runs at once. */
  readonly concurrency: number;
  /** How many attempts in a row may end without a new page before a run fails. */
  readonly retries: number;
  /** Seconds before the second attempt; doubled for each further one, up to 10 minutes. */
  readonly retryDelayS: number;
  /** Seconds without a sign of life until a run is taken from its worker: at least 10. */
  readonly takeOverAfterS: number;
  /** Seconds for the pages in progress when the worker is stopped. */
  readonly graceS: number;
  /** True to replace the versions of documents that other workers run. */
  readonly replace: boolean;
  readonly env: Environment;
  readonly report: WorkerContext['report'];
}

const retryDelayMaxS = 600;
const pollS = 1;
/** Seconds in which runs that were ended at once are given back. */
const settlingS = 10;

/**
 * Runs connectors from the queue until the signal is aborted. Then each run ends after its page and is given back.
 *
 * @throws RunError when the database or the documents cannot be used
 */
export async function runWorker(options: WorkerOptions, stop: AbortSignal): Promise<void> {
  const { documents, report, takeOverAfterS, retryDelayS, graceS } = options;
  const worker = `${hostname()}/${process.pid}`;
  const supervision = Math.max(1, Math.floor(takeOverAfterS / 5));
  const database = await openDatabase({
    reference: options.database,
    schema: options.schema,
    env: options.env,
    onError: reportSeldom((text) => report('warning', `database: ${text}`)),
    worker: {
      instanceName: worker,
      instanceHeartbeatSeconds: supervision,
      superviseIntervalSeconds: supervision,
      monitorIntervalSeconds: supervision,
      cronMonitorIntervalSeconds: 10,
      max: options.concurrency + 4,
    },
  });
  const stopNow = new AbortController();
  try {
    await createQueue(database.boss, { takeOverAfterS, retryDelayS, retryDelayMaxS });
    const generation = await registerDocuments(database, documents, { worker, replace: options.replace });
    const byName = new Map(documents.map((document) => [document.connector.metadata.name, document]));
    const context = { ...options, database, worker, documents: byName, stop, stopNow: stopNow.signal };
    const taking = { concurrency: options.concurrency, pollS, heartbeatS: takeOverAfterS / 4, generation };
    if (!stop.aborted) await takeJobs(database.boss, taking, (job) => runJob(job, context));
    report('ready', `${worker} takes runs of ${[...byName.keys()].join(', ')}`);
    await aborted(stop);
  } finally {
    const timer = setTimeout(() => stopNow.abort(), graceS * 1_000);
    await database.boss.stop({ graceful: true, timeout: (graceS + settlingS) * 1_000 });
    clearTimeout(timer);
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
}

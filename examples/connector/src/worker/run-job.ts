import { diedTooOften, mayRetry, toFailure } from './failure.ts';
import { isCurrent, readGeneration } from './fleet.ts';
import { claimRun, failRun, isHeld, replaceJob, setVersion } from './held-run.ts';
import type { Failure, HeldRun } from './held-run.ts';
import { pullRun } from './pull-run.ts';
import type { Attempt, WorkerContext } from './pull-run.ts';
import { endJob, readJob, sendJob } from './queue.ts';
import type { Job, JobContent, Settlement } from './queue.ts';

/** The longest pause, in seconds, until a job is offered again that no worker could run so far. */
const longestDelayS = 60;

/** Runs a job of the queue: one attempt at a run. */
export async function runJob(job: Job, context: WorkerContext): Promise<Settlement> {
  const { database, documents, retries, report } = context;
  const content = readJob(job);
  if (content === undefined) {
    report('warning', `job ${job.id} of the queue was not written by this program`);
    return 'deadletter';
  }
  const document = documents.get(content.connector);
  if (document === undefined || !(await isCurrent(database, document))) return refuse(job, content, context);
  const run = await claimRun(database, { ...content, job, worker: context.worker });
  if (run === undefined) return 'completed';
  if (run.idleAttempts > retries) return settleFailure(run, context, { failure: diedTooOften(run), isFinal: true });
  await setVersion(database, run, document.version);
  report('started', describeStart(run));
  return settle(run, context, await pullRun(run, document, context));
}

function describeStart({ connector, id, pages }: HeldRun): string {
  return `${connector}: run ${id}${pages === 0 ? '' : `, continues after ${pages} pages`}`;
}

async function settle(run: HeldRun, context: WorkerContext, { pages, outcome }: Attempt): Promise<Settlement> {
  if (outcome.isOk()) {
    context.report('succeeded', `${run.connector}: ${outcome.value}`);
    return 'completed';
  }
  const { error } = outcome;
  if (error.code === 'ABORTED') return giveBack(run, context);
  const isIdle = pages === run.pages;
  const isFinal = !mayRetry(error) || (isIdle && run.idleAttempts + 1 > context.retries);
  return settleFailure(run, context, { failure: toFailure(error, run.connector), isFinal });
}

/** Leaves a job to a worker that has the current document. */
async function refuse(job: Job, content: JobContent, { database, report }: WorkerContext): Promise<Settlement> {
  const { boss, schema } = database;
  const { connector, run, refusals } = content;
  const delayS = Math.min(2 ** refusals, longestDelayS);
  await database.transaction(async (transaction) => {
    await endJob(boss, job, transaction);
    const generation = await readGeneration(transaction, schema, connector);
    const again = { ...content, refusals: refusals + 1 };
    const next = await sendJob(boss, again, { transaction, delayS, generation });
    if (next !== undefined) await replaceJob(transaction, { schema, run, job, next });
  });
  report('warning', `${connector}: this worker does not have its current document`);
  return 'completed';
}

/** Puts the run back, as if this attempt had not been. Leaves it alone when another attempt has it already. */
async function giveBack(run: HeldRun, { database, report }: WorkerContext): Promise<Settlement> {
  const { boss, schema } = database;
  const wasHeld = await database.transaction(async (transaction) => {
    if (!(await isHeld(transaction, schema, run))) return false;
    await endJob(boss, run.job, transaction);
    const next = await sendJob(boss, { connector: run.connector, run: run.id }, { transaction });
    if (next !== undefined) await replaceJob(transaction, { schema, run: run.id, job: run.job, next });
    return true;
  });
  if (wasHeld) report('returned', `${run.connector}: run ${run.id} is left to another worker`);
  else report('warning', `${run.connector}: another worker took the run over: this one had no contact for too long`);
  return 'completed';
}

async function settleFailure(
  run: HeldRun,
  { database, report }: WorkerContext,
  end: { readonly failure: Failure; readonly isFinal: boolean },
): Promise<Settlement> {
  await failRun(database, run, end);
  const { reason, details, remedy } = end.failure;
  const next = end.isFinal ? remedy : 'It is tried again automatically';
  report('failed', [`${run.connector}: ${reason}`, ...details, next].join('\n    '));
  return end.isFinal ? 'deadletter' : 'failed';
}

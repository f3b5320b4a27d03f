import type { Environment } from '@bearings/config';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { parseCheckpoint } from '../checkpoint.ts';
import { fingerprint } from '../fingerprint.ts';
import { runConnector } from '../run-connector.ts';
import { RunError } from '../run-error.ts';
import type { RunEvent } from '../run-event.ts';
import type { Document } from './fleet.ts';
import { continueChanges } from './continue-changes.ts';
import { createFolderStorage } from './folder-storage.ts';
import { completeRun, isPulled } from './held-run.ts';
import type { HeldRun } from './held-run.ts';
import type { Database } from './open-database.ts';
import { stopAfterPage } from './stop-after-page.ts';
import type { StopOptions } from './stop-after-page.ts';
import { createTableStorage, tableOutput } from './table-storage.ts';

/** What happens in a worker. */
type WorkerEvent = 'ready' | 'started' | 'succeeded' | 'failed' | 'returned' | 'warning';

/** What a worker runs jobs with. */
export interface WorkerContext extends StopOptions {
  readonly database: Database;
  /** The name of the worker, as `connector status` shows it. */
  readonly worker: string;
  readonly documents: ReadonlyMap<string, Document>;
  /** The folder of the outputs; `undefined` when records go to the database. */
  readonly folder: string | undefined;
  /** How many attempts in a row may end without a new page before a run fails. */
  readonly retries: number;
  readonly env: Environment;
  readonly report: (event: WorkerEvent, text: string) => void;
}

/** The end of an attempt. */
export interface Attempt {
  /** The pages of this attempt and those before it. */
  readonly pages: number;
  /** A line about the finished run. `ABORTED` when it was stopped. */
  readonly outcome: Result<string, RunError>;
}

/** Pulls the missing pages of a run. */
export async function pullRun(run: HeldRun, document: Document, context: WorkerContext): Promise<Attempt> {
  let { pages } = run;
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'warning') context.report('warning', `${run.connector}: ${event.message}`);
    if (event.type === 'page') pages = event.total.pages;
  };
  try {
    const output = await pullAndPublish(run, document, { ...context, onEvent });
    return { pages, outcome: Ok(output) };
  } catch (error) {
    return { pages, outcome: Err(toRunError(error)) };
  }
}

type PullContext = WorkerContext & { readonly onEvent: (event: RunEvent) => void };

/** @throws RunError when the run could not be finished */
async function pullAndPublish(run: HeldRun, { connector }: Document, context: PullContext): Promise<string> {
  const { database, folder, env, onEvent } = context;
  assertSameRun(run, connector.spec.source, folder);
  const begun = await continueChanges(database, run, connector.spec.source);
  const storage =
    folder === undefined ? createTableStorage(database, begun) : createFolderStorage(database, begun, folder);
  const { store, signal: stopped } = stopAfterPage(storage.store, context);
  const { output } = storage;
  if (!isPulled(run)) {
    const signal = AbortSignal.any([stopped, run.job.signal]);
    const pulled = await runConnector(connector, { store, output, env, onEvent, signal });
    if (pulled.isErr()) throw pulled.error;
  }
  const published = await storage.publish();
  const { records, pages } = await completeRun(database, run, published);
  return `${records} records in ${pages} pages → ${published}`;
}

/** @throws RunError `STATE` when an earlier attempt used another source, or wrote elsewhere */
function assertSameRun(
  { stored, connector }: HeldRun,
  source: Document['connector']['spec']['source'],
  folder: string | undefined,
): void {
  const checkpoint = parseCheckpoint(stored);
  if (checkpoint === undefined || source.mode !== 'rest_pull') return;
  if (checkpoint.source !== fingerprint(source)) {
    throw new RunError('STATE', 'the run began with another source, or with this one before a change of its document', [
      `connector enqueue ${connector}, without --resume, begins a new run`,
    ]);
  }
  if ((checkpoint.output === tableOutput) === (folder === undefined)) return;
  throw new RunError('STATE', `the run began ${folder === undefined ? 'in a folder' : 'in the database'}`, [
    'Start all workers with the same --out, or all without it',
  ]);
}

function toRunError(error: unknown): RunError {
  if (error instanceof RunError) return error;
  return new RunError('EXTRACTION', error instanceof Error ? error.message : String(error));
}

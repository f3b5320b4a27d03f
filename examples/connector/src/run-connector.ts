import { systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { notifyListener } from '@bearings/client/layer';
import type { Environment } from '@bearings/config';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { connectSource } from './connect-source.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import type { Connector, RestPull } from './connector-schema.ts';
import { planChanges } from './advance.ts';
import { asRunError } from './describe-failure.ts';
import { extract } from './extract.ts';
import { fingerprint } from './fingerprint.ts';
import { openJournal } from './journal.ts';
import type { Journal } from './journal.ts';
import type { Output } from './output.ts';
import type { RunListener } from './run-event.ts';
import { createPuller } from './pull-page.ts';
import { RunError } from './run-error.ts';
import type { Continuation } from './run-error.ts';
import { createFirstTasks } from './task.ts';
import { createWrittenLines } from './written-lines.ts';

/** What a run needs besides its connector. */
export interface RunOptions {
  readonly env: Environment;
  /** Where the progress is kept. The caller creates it: `createRunFiles` for two files. */
  readonly store: CheckpointStore;
  /** Where the records are written. */
  readonly output: Output;
  /** Ends the run after the page that is being written; the next run continues. Default: never. */
  readonly signal?: AbortSignal | undefined;
  /** Default: none. */
  readonly onEvent?: RunListener | undefined;
  /** The time. Default: the system's. */
  readonly clock?: Clock | undefined;
}

/** The result of a run. */
export interface Summary {
  readonly checkpoint: Checkpoint;
  /** The number of pages from earlier runs. */
  readonly pagesBefore: number;
}

/** A run with all its options, as the parts of a run see it. */
interface RunContext {
  readonly source: RestPull;
  readonly env: Environment;
  readonly output: Output;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly emit: RunListener;
}

/**
 * Pulls everything from a connector's source; after a crash, the missing pages.
 *
 * Each page is in the output exactly once, wherever earlier runs ended.
 */
export async function runConnector(connector: Connector, options: RunOptions): Promise<Result<Summary, RunError>> {
  const { source } = connector.spec;
  const { env, store, output, signal = new AbortController().signal, clock = systemClock } = options;
  if (source.mode !== 'rest_pull') {
    return Err(new RunError('CONFIG', `spec.source.mode is ${source.mode}; this example runs rest_pull`));
  }
  let release = async (): Promise<void> => {};
  try {
    release = await store.lock();
    const start = { store, output, source: fingerprint(source), todo: createFirstTasks(source.resources) };
    const context = { source, env, output, signal, clock, emit: createEmitter(options.onEvent) };
    return Ok(await pull(await openJournal(start), context));
  } catch (error) {
    return Err(asRunError(error));
  } finally {
    await release();
  }
}

/** Errors of the listener are ignored. */
function createEmitter(listener: RunListener | undefined): RunListener {
  if (listener === undefined) return () => {};
  return (event) => void notifyListener(listener, event); // never rejects
}

async function pull(journal: Journal, context: RunContext): Promise<Summary> {
  const { source, emit } = context;
  const { pages: pagesBefore, records, bytes, todo } = journal.checkpoint;
  try {
    emit({ type: 'started', pages: pagesBefore, records, bytes });
    if (todo.length === 0) await journal.replan((plan) => planChanges(plan, source.resources));
    if (journal.checkpoint.todo.length > 0) await pullRest(journal, context);
    return { checkpoint: journal.checkpoint, pagesBefore };
  } finally {
    await journal.close();
  }
}

async function pullRest(journal: Journal, context: RunContext): Promise<void> {
  const { source, env, output, signal, emit, clock } = context;
  const warn = (message: string): void => emit({ type: 'warning', message });
  const connection = await connectSource(source, {
    env,
    warn,
    signal,
    clock,
    onThrottled: (throttled) => emit({ type: 'throttled', ...throttled }),
  });
  const written = createWrittenLines(output);
  const pullPage = createPuller({ source, connection, journal, written, emit, startedAt: clock.now() });
  try {
    await extract(journal, { concurrency: source.concurrency, pull: pullPage });
  } catch (error) {
    throw endedEarly(signal.aborted ? stopped() : asRunError(error), journal.checkpoint);
  } finally {
    await connection.close();
  }
}

const stopped = (): RunError => new RunError('ABORTED', 'The run was stopped').with([], 'continues');

/** Adds what was kept, and what the same run does now. */
function endedEarly(error: RunError, { records, pages }: Checkpoint): RunError {
  const kept = pages === 0 ? 'nothing yet' : `${records} records of ${pages} pages${nextSteps[error.continuation]}`;
  return error.with([`kept: ${kept}`]);
}

const nextSteps: Readonly<Record<Continuation, string>> = {
  continues: '; run the same command to continue',
  repeats: '; the same command requests this page again',
  fails: '',
};

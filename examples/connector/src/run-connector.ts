import { formatHttpError, isBearingsError } from '@bearings/client';
import { resolve } from 'node:path';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { connectSource } from './connect-source.ts';
import type { RunContext } from './connect-source.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Connector, RestPull } from './connector-schema.ts';
import { describeFailure } from './describe-failure.ts';
import { extract, firstPlace } from './extract.ts';
import { fingerprint } from './fingerprint.ts';
import { openJournal } from './journal.ts';
import type { Journal } from './journal.ts';
import { lock } from './lock.ts';
import { RunError } from './run-error.ts';

/** The files of a run. */
export interface RunOptions extends RunContext {
  /** The NDJSON output. */
  readonly outPath: string;
  /** The checkpoint, from which the next run continues after a crash. */
  readonly statePath: string;
}

/** The result of a run. */
export interface Summary {
  readonly checkpoint: Checkpoint;
  /** The number of pages from earlier runs. */
  readonly pagesBefore: number;
}

/**
 * Pulls everything from a connector's source; after a crash, the missing pages.
 *
 * Each page is in the output exactly once, wherever earlier runs ended.
 */
export async function runConnector(connector: Connector, options: RunOptions): Promise<Result<Summary, RunError>> {
  const { source } = connector.spec;
  if (source.mode !== 'rest_pull') {
    return Err(new RunError('CONFIG', `spec.source.mode is ${source.mode}; this example runs rest_pull`));
  }
  const outPath = resolve(options.outPath);
  const statePath = resolve(options.statePath);
  let release = async (): Promise<void> => {};
  try {
    release = await lock(statePath);
    const start = { outPath, statePath, source: fingerprint(source), start: firstPlace(source) };
    return Ok(await pull(source, await openJournal(start), options));
  } catch (error) {
    return Err(asRunError(error));
  } finally {
    await release();
  }
}

async function pull(source: RestPull, journal: Journal, context: RunContext): Promise<Summary> {
  const { pages: pagesBefore } = journal.checkpoint;
  try {
    if (journal.checkpoint.next !== null) await pullRest(source, journal, context);
    return { checkpoint: journal.checkpoint, pagesBefore };
  } finally {
    await journal.close();
  }
}

async function pullRest(source: RestPull, journal: Journal, context: RunContext): Promise<void> {
  const connection = await connectSource(source, context);
  try {
    await extract(source, connection, journal);
  } catch (error) {
    const failure = await describeFailure(error, describePlace(journal.checkpoint), connection);
    throw new RunError(failure.code, failure.message, [
      ...failure.details,
      `kept: ${describeKept(journal.checkpoint)}`,
    ]);
  } finally {
    await connection.close();
  }
}

const describePlace = ({ next }: Checkpoint): string =>
  next === null ? 'after the last page' : `${next.resource}, page ${next.position.page}`;

const describeKept = ({ records, pages }: Checkpoint): string =>
  pages === 0 ? 'nothing yet' : `${records} records of ${pages} pages; run the same command to continue`;

/** Converts a failure before the first page. */
function asRunError(error: unknown): RunError {
  if (error instanceof RunError) return error;
  if (isBearingsError(error) && error.source === 'oauth-bearer')
    return new RunError('CONFIG', formatHttpError(error, 'spec.source.oauth'));
  if (error instanceof Error && 'syscall' in error) return new RunError('STATE', error.message);
  return new RunError('CONFIG', formatHttpError(error, 'spec.source'));
}

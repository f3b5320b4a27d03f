import { formatHttpError } from '@bearings/client';
import { isTokenError } from '@bearings/oauth-bearer';
import { resolve } from 'node:path';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { connectSource } from './connect-source.ts';
import type { Surroundings } from './connect-source.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Connector, RestPull } from './connector-schema.ts';
import { describeFailure } from './describe-failure.ts';
import { extract, startOf } from './extract.ts';
import { fingerprintOf } from './fingerprint.ts';
import { openJournal } from './journal.ts';
import type { Journal } from './journal.ts';
import { lock } from './lock.ts';
import { RunError } from './run-error.ts';

/** What a run works on, and where. */
export interface RunOptions extends Surroundings {
  /** The NDJSON that is written. */
  readonly outPath: string;
  /** The checkpoint, by which a run goes on after a crash. */
  readonly statePath: string;
}

/** What a run has come to. */
export interface Summary {
  readonly checkpoint: Checkpoint;
  /** Pages that earlier runs have pulled. */
  readonly pagesBefore: number;
}

/**
 * Pulls everything from a connector's source; after a crash, what is not there yet.
 *
 * Each page is in the output once: nothing is lost and nothing doubled, wherever a run was ended.
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
    const start = { outPath, statePath, source: fingerprintOf(source), start: startOf(source) };
    return Ok(await pull(source, await openJournal(start), options));
  } catch (error) {
    return Err(asRunError(error));
  } finally {
    await release();
  }
}

async function pull(source: RestPull, journal: Journal, surroundings: Surroundings): Promise<Summary> {
  const { pages: pagesBefore } = journal.checkpoint;
  try {
    if (journal.checkpoint.next !== null) await pullRest(source, journal, surroundings);
    return { checkpoint: journal.checkpoint, pagesBefore };
  } finally {
    await journal.close();
  }
}

async function pullRest(source: RestPull, journal: Journal, surroundings: Surroundings): Promise<void> {
  const connection = await connectSource(source, surroundings);
  try {
    await extract(source, connection, journal);
  } catch (error) {
    const failure = await describeFailure(error, placeIn(journal.checkpoint), connection);
    throw new RunError(failure.code, failure.message, [...failure.details, `kept: ${keptIn(journal.checkpoint)}`]);
  } finally {
    await connection.close();
  }
}

const placeIn = ({ next }: Checkpoint): string =>
  next === null ? 'after the last page' : `${next.resource}, page ${next.position.page}`;

const keptIn = ({ records, pages }: Checkpoint): string =>
  pages === 0 ? 'nothing yet' : `${records} records of ${pages} pages; the same command goes on after them`;

/** For what fails before the first page. */
function asRunError(error: unknown): RunError {
  if (error instanceof RunError) return error;
  if (isTokenError(error)) return new RunError('CONFIG', formatHttpError(error, 'spec.source.oauth'));
  if (error instanceof Error && 'syscall' in error) return new RunError('STATE', error.message);
  return new RunError('CONFIG', formatHttpError(error, 'spec.source'));
}

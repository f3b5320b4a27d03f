import { constants, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { syncFolder } from './durable-file.ts';
import type { Position } from './position.ts';
import { RunError } from './run-error.ts';

/** Where a run is: a resource, and which page of it. */
export interface Place {
  readonly resource: string;
  readonly position: Position;
}

/** What one page has brought. */
interface Entry {
  /** Whole lines. */
  readonly lines: string;
  readonly records: number;
  /** Where to go on; `null` when that was all. */
  readonly next: Place | null;
}

/** The output and the checkpoint of a run, which belong together. */
export interface Journal {
  /** How far the run has come. */
  readonly checkpoint: Checkpoint;
  /** Adds a page: first to the output, then to the checkpoint. When it has answered, the page outlasts any crash. */
  commit(entry: Entry): Promise<void>;
  close(): Promise<void>;
}

/** Which files, of which source, and where a run that is new begins. */
export interface JournalOptions {
  readonly outPath: string;
  readonly statePath: string;
  readonly source: string;
  readonly start: Place;
}

/**
 * Opens output and checkpoint, and takes off the output what no checkpoint vouches for.
 *
 * The two cannot be written in one act. So the page goes to the output first, and only a checkpoint that is written
 * after it says that it is there; a crash in between leaves a tail that is cut off here and pulled again.
 *
 * @throws RunError when the files are of another run, or not of one another
 */
export async function openJournal({ outPath, statePath, source, start }: JournalOptions): Promise<Journal> {
  const output = relative(dirname(statePath), outPath);
  const known = await readCheckpoint(statePath);
  if (known !== undefined) mustBelong(known, { source, output, statePath });
  const file = await openOutput(outPath, known === undefined || known.bytes === 0);
  try {
    const { size } = await file.stat();
    mustFit(size, known, { outPath, statePath });
    let checkpoint = known ?? { version: 1, source, output, bytes: 0, records: 0, pages: 0, next: start };
    if (known === undefined) await writeCheckpoint(statePath, checkpoint);
    await file.truncate(checkpoint.bytes);
    return {
      get checkpoint() {
        return checkpoint;
      },
      async commit({ lines, records, next }) {
        const bytes = Buffer.from(lines);
        await file.appendFile(bytes);
        await file.sync();
        const pages = checkpoint.pages + 1;
        const sum = { bytes: checkpoint.bytes + bytes.length, records: checkpoint.records + records, pages };
        const reached = { ...checkpoint, ...sum, next };
        await writeCheckpoint(statePath, reached);
        checkpoint = reached;
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** For appending: whatever is written goes to the end, wherever a crash has left it. */
async function openOutput(outPath: string, mayBeNew: boolean): Promise<FileHandle> {
  const file = await open(outPath, mayBeNew ? 'a' : constants.O_WRONLY | constants.O_APPEND);
  await syncFolder(outPath);
  return file;
}

interface Expected {
  readonly source: string;
  readonly output: string;
  readonly statePath: string;
}

function mustBelong(known: Checkpoint, { source, output, statePath }: Expected): void {
  if (known.source !== source) {
    throw new RunError(
      'STATE',
      `${statePath} is the checkpoint of another source, or of this one before it was changed`,
      ['Take another --state and --out, or delete both files to pull everything anew'],
    );
  }
  if (known.output === output) return;
  throw new RunError('STATE', `${statePath} is about the output ${known.output}, not ${output}`);
}

function mustFit(size: number, known: Checkpoint | undefined, paths: { outPath: string; statePath: string }): void {
  const { outPath, statePath } = paths;
  if (known === undefined && size > 0) {
    throw new RunError(
      'STATE',
      `${outPath} holds something already, and no checkpoint says what. It was left as it is`,
    );
  }
  if (known === undefined || size >= known.bytes) return;
  throw new RunError('STATE', `${outPath} has ${size} bytes, but ${statePath} vouches for ${known.bytes}`, [
    'Put the output back, or delete both files to pull everything anew',
  ]);
}

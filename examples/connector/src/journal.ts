import { constants, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { syncFolder } from './durable-file.ts';
import type { Position } from './position.ts';
import { RunError } from './run-error.ts';

/** The place of a page: its resource and its position. */
export interface PagePlace {
  readonly resource: string;
  readonly position: Position;
}

/** A pulled page. */
interface PageEntry {
  /** Whole lines. */
  readonly lines: string;
  readonly records: number;
  /** Where to continue; `null` after the last page. */
  readonly next: PagePlace | null;
}

/** The output and the checkpoint of a run. */
export interface Journal {
  /** The progress of the run. */
  readonly checkpoint: Checkpoint;
  /** Adds a page: first to the output, then to the checkpoint. After it resolves, the page survives any crash. */
  commit(entry: PageEntry): Promise<void>;
  close(): Promise<void>;
}

/** The files, the source's fingerprint, and the first page of a new run. */
export interface JournalOptions {
  readonly outPath: string;
  readonly statePath: string;
  readonly source: string;
  readonly start: PagePlace;
}

/**
 * Opens output and checkpoint, and cuts off the bytes of the output that the checkpoint does not confirm.
 *
 * The two files cannot be written atomically together. So a page is written to the output first, and confirmed by the
 * checkpoint after that. A crash in between leaves unconfirmed bytes, which are cut off here and pulled again.
 *
 * @throws RunError when the files belong to another run, or not to each other
 */
export async function openJournal({ outPath, statePath, source, start }: JournalOptions): Promise<Journal> {
  const output = relative(dirname(statePath), outPath);
  const known = await readCheckpoint(statePath);
  if (known !== undefined) assertSameRun(known, { source, output, statePath });
  const file = await openOutput(outPath, known === undefined || known.bytes === 0);
  try {
    const { size } = await file.stat();
    assertOutputSize(size, known, { outPath, statePath });
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

/** Opens for appending, so that writes go to the end of the file after any crash. */
async function openOutput(outPath: string, mayBeNew: boolean): Promise<FileHandle> {
  const file = await open(outPath, mayBeNew ? 'a' : constants.O_WRONLY | constants.O_APPEND);
  await syncFolder(outPath);
  return file;
}

interface ExpectedCheckpoint {
  readonly source: string;
  readonly output: string;
  readonly statePath: string;
}

function assertSameRun(known: Checkpoint, { source, output, statePath }: ExpectedCheckpoint): void {
  if (known.source !== source) {
    throw new RunError('STATE', `${statePath} is the checkpoint of another source, or of this source before a change`, [
      'Use another --state and --out, or delete both files to pull everything again',
    ]);
  }
  if (known.output === output) return;
  throw new RunError('STATE', `${statePath} is the checkpoint of the output ${known.output}, not ${output}`);
}

function assertOutputSize(
  size: number,
  known: Checkpoint | undefined,
  paths: { outPath: string; statePath: string },
): void {
  const { outPath, statePath } = paths;
  if (known === undefined && size > 0) {
    throw new RunError('STATE', `${outPath} is not empty, and has no checkpoint. It was not changed`);
  }
  if (known === undefined || size >= known.bytes) return;
  throw new RunError('STATE', `${outPath} has ${size} bytes, but ${statePath} confirms ${known.bytes}`, [
    'Restore the output, or delete both files to pull everything again',
  ]);
}

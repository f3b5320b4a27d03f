import { parseCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { CheckpointStore } from './checkpoint-store.ts';
import type { Output } from './output.ts';
import { RunError } from './run-error.ts';
import type { Task } from './task.ts';

/** The part of the checkpoint that says what to pull. */
export type Plan = Pick<Checkpoint, 'todo' | 'marks'>;

/** A pulled page. */
interface PageEntry {
  /** The lines, without their ends. Called when all pages before this one are written. */
  readonly lines: () => readonly string[];
  /** What is to be pulled after this page. */
  readonly advance: (plan: Plan) => Plan;
}

/** The output and the checkpoint of a run. */
export interface Journal {
  /** The progress of the run. */
  readonly checkpoint: Checkpoint;
  /**
   * Adds a page: first to the output, then to the checkpoint. After it resolves, the page survives any crash.
   *
   * One page at a time: a second call waits.
   */
  commit(entry: PageEntry): Promise<void>;
  /** Changes what is to be pulled, without a page. */
  replan(change: PageEntry['advance']): Promise<void>;
  close(): Promise<void>;
}

/** Where the run is kept, the source's fingerprint, and the tasks of a new run. */
export interface JournalOptions {
  readonly store: CheckpointStore;
  readonly output: Output;
  readonly source: string;
  readonly todo: readonly Task[];
}

/**
 * Opens output and checkpoint, and cuts off the bytes of the output that the checkpoint does not confirm.
 *
 * The two cannot be written atomically together. So a page is written to the output first, and confirmed by the
 * checkpoint after that. A crash in between leaves unconfirmed bytes, which are cut off here and pulled again.
 *
 * @throws RunError when they belong to another run, or not to each other
 */
export async function openJournal({ store, output, source, todo }: JournalOptions): Promise<Journal> {
  const saved = await readCheckpoint(store);
  if (saved !== undefined) assertSameRun(saved, { source, output, store });
  const known = saved === undefined || saved.pages > 0 ? saved : undefined;
  const size = await output.open(known !== undefined && known.bytes > 0);
  try {
    assertOutputSize(size, saved, { output, store });
    const fresh = {
      version: 2,
      source,
      output: output.id,
      bytes: 0,
      records: 0,
      pages: 0,
      todo,
      marks: saved?.marks ?? {},
    } as const;
    if (known === undefined) await store.save(fresh);
    const checkpoint = known ?? fresh;
    if (size > checkpoint.bytes) await output.truncate(checkpoint.bytes);
    return createJournal(store, output, checkpoint);
  } catch (error) {
    await output.close();
    throw error;
  }
}

function createJournal(store: CheckpointStore, output: Output, start: Checkpoint): Journal {
  let checkpoint = start;
  let last: Promise<void> = Promise.resolve();
  /** Runs one change after the other; after a failed one, none: the output may have its bytes. */
  const inOrder = (change: () => Promise<Checkpoint>): Promise<void> => {
    const previous = last;
    last = (async () => {
      await previous;
      checkpoint = await change();
    })();
    return last;
  };
  return {
    get checkpoint() {
      return checkpoint;
    },
    commit: ({ lines: createLines, advance }) =>
      inOrder(async () => {
        const lines = createLines();
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        if (bytes.length > 0) await output.append(bytes, checkpoint.bytes);
        const reached = {
          ...checkpoint,
          bytes: checkpoint.bytes + bytes.length,
          records: checkpoint.records + lines.length,
          pages: checkpoint.pages + 1,
          ...advance(checkpoint),
        };
        await store.save(reached);
        return reached;
      }),
    replan: (change) =>
      inOrder(async () => {
        const reached = { ...checkpoint, ...change(checkpoint) };
        await store.save(reached);
        return reached;
      }),
    close: () => output.close(),
  };
}

/** @throws RunError when the value is not a checkpoint: a fresh start would duplicate records, so the user must decide */
async function readCheckpoint(store: CheckpointStore): Promise<Checkpoint | undefined> {
  const value = await store.load();
  if (value === undefined) return undefined;
  const checkpoint = parseCheckpoint(value);
  if (checkpoint !== undefined) return checkpoint;
  throw new RunError('STATE', `${store.name} is not a checkpoint of this connector. It was not changed`);
}

type ExpectedRun = Omit<JournalOptions, 'todo'>;

function assertSameRun(known: Checkpoint, { source, output, store }: ExpectedRun): void {
  // before the first page there is nothing to continue, so the connector's file may be corrected
  if (known.source !== source && known.pages > 0) {
    throw new RunError(
      'STATE',
      `${store.name} is the checkpoint of another source, or of this source before a change`,
      ['Use another --state and --out, or delete both files to pull everything again'],
    );
  }
  if (known.output === output.id) return;
  throw new RunError('STATE', `${store.name} is the checkpoint of the output ${known.output}, not ${output.id}`);
}

function assertOutputSize(
  size: number,
  known: Checkpoint | undefined,
  { output, store }: Pick<ExpectedRun, 'output' | 'store'>,
): void {
  if (known === undefined && size > 0) {
    throw new RunError('STATE', `${output.name} is not empty, and has no checkpoint. It was not changed`);
  }
  if (known === undefined || size >= known.bytes) return;
  throw new RunError('STATE', `${output.name} has ${size} bytes, but ${store.name} confirms ${known.bytes}`, [
    'Restore the output, or delete both files to pull everything again',
  ]);
}

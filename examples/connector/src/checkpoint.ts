import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { replaceFile } from './durable-file.ts';
import { positionSchema } from './position.ts';
import { RunError } from './run-error.ts';

const checkpointSchema = z.strictObject({
  version: z.literal(1),
  /** The fingerprint of the source, so that a run does not continue the output of another source. */
  source: z.string(),
  /** The path of the output, relative to the checkpoint's folder. */
  output: z.string(),
  /** How many bytes of the output are confirmed; bytes after them belong to an unfinished page. */
  bytes: z.int().min(0),
  records: z.int().min(0),
  pages: z.int().min(0),
  /** Where to continue; `null` when everything is pulled. */
  next: z.strictObject({ resource: z.string(), position: positionSchema }).nullable(),
});

/** The progress of a run: how much of the output is confirmed, and where to continue. */
export type Checkpoint = Readonly<z.output<typeof checkpointSchema>>;

/**
 * Reads a checkpoint; `undefined` when the file does not exist.
 *
 * @throws RunError when the file is not a checkpoint: a fresh start would duplicate records, so the user must decide
 */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  const text = await readIfExists(path);
  if (text === undefined) return undefined;
  const found = checkpointSchema.safeParse(tryParseJson(text));
  if (found.success) return found.data;
  throw new RunError('STATE', `${path} is not a checkpoint of this connector. It was not changed`);
}

/** Replaces the checkpoint. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await replaceFile(path, `${JSON.stringify(checkpoint, undefined, 2)}\n`);
}

async function readIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

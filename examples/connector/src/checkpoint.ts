import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { replaceFile } from './durable-file.ts';
import { positionSchema } from './position.ts';
import { RunError } from './run-error.ts';

const checkpointSchema = z.strictObject({
  version: z.literal(1),
  /** Of the source, so that no run goes on with the output of another. */
  source: z.string(),
  /** The output, from the checkpoint's folder. */
  output: z.string(),
  /** How much of the output is vouched for: what comes after it was under way when a run ended. */
  bytes: z.int().min(0),
  records: z.int().min(0),
  pages: z.int().min(0),
  /** Where to go on; `null` when everything is there. */
  next: z.strictObject({ resource: z.string(), position: positionSchema }).nullable(),
});

/** How far a run has come: what the output holds for certain, and where to go on. */
export type Checkpoint = Readonly<z.output<typeof checkpointSchema>>;

/**
 * Reads a checkpoint; `undefined` when there is none.
 *
 * @throws RunError when the file is something else: to begin anew would double records, so a person has to decide
 */
export async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  const text = await textOf(path);
  if (text === undefined) return undefined;
  const found = checkpointSchema.safeParse(parsed(text));
  if (found.success) return found.data;
  throw new RunError('STATE', `${path} is not a checkpoint of this connector. It was left as it is`);
}

/** Writes a checkpoint in place of the last one. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  await replaceFile(path, `${JSON.stringify(checkpoint, undefined, 2)}\n`);
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

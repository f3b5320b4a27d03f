import { z } from 'zod';
import { markSchema } from './incremental.ts';
import { taskSchema } from './task.ts';

const checkpointSchema = z.strictObject({
  version: z.literal(2),
  /** The fingerprint of the source, so that a run does not continue the output of another source. */
  source: z.string(),
  /** The id of the output, so that a run does not continue with another one. */
  output: z.string(),
  /** How many bytes of the output are confirmed; bytes after them belong to an unfinished page. */
  bytes: z.int().min(0),
  records: z.int().min(0),
  pages: z.int().min(0),
  /** The pages to pull next, in this order; empty when everything is pulled. */
  todo: z.array(taskSchema).readonly(),
  /** The latest changes, of resources with `incremental`. */
  marks: z.record(z.string(), markSchema),
});

/** The progress of a run: how much of the output is confirmed, and where to continue. Plain JSON. */
export type Checkpoint = Readonly<z.output<typeof checkpointSchema>>;

/** Checks a stored checkpoint; `undefined` when the value is none. */
export function parseCheckpoint(value: unknown): Checkpoint | undefined {
  return checkpointSchema.safeParse(value).data;
}

import { dirname, relative, resolve } from 'node:path';
import type { CheckpointStore } from './checkpoint-store.ts';
import { createFileCheckpointStore } from './file-checkpoint-store.ts';
import { createFileOutput } from './file-output.ts';
import type { Output } from './output.ts';

/** The paths of a run's files. */
export interface RunPaths {
  /** The NDJSON output. */
  readonly outPath: string;
  /** The checkpoint, from which the next run continues after a crash. */
  readonly statePath: string;
}

/** Keeps a run in two files. Both can be moved together: the checkpoint has the relative path of the output. */
export function createRunFiles(paths: RunPaths): { readonly store: CheckpointStore; readonly output: Output } {
  const outPath = resolve(paths.outPath);
  const statePath = resolve(paths.statePath);
  return {
    store: createFileCheckpointStore(statePath),
    output: createFileOutput(outPath, relative(dirname(statePath), outPath)),
  };
}

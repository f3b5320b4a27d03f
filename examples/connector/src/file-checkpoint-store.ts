import { readFile } from 'node:fs/promises';
import type { CheckpointStore } from './checkpoint-store.ts';
import { replaceFile } from './durable-file.ts';
import { lock } from './lock.ts';
import { RunError } from './run-error.ts';

/** Keeps the checkpoint in a file that only its owner can read. The lock is a file next to it. */
export function createFileCheckpointStore(path: string): CheckpointStore {
  return {
    name: path,
    lock: () => lock(path),
    async load() {
      const text = await readIfExists(path);
      if (text === undefined) return undefined;
      try {
        return JSON.parse(text);
      } catch {
        throw new RunError('STATE', `${path} is not a checkpoint of this connector. It was not changed`);
      }
    },
    save: (checkpoint) => replaceFile(path, `${JSON.stringify(checkpoint, undefined, 2)}\n`),
  };
}

async function readIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

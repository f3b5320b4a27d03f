import { createReadStream, createWriteStream } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { syncFolder } from '../durable-file.ts';
import { createFileOutput } from '../file-output.ts';
import { RunError } from '../run-error.ts';
import { readCode } from './database-url.ts';
import { checkpointStore, confirmedBytes, heldBy, holderValues } from './held-run.ts';
import type { HeldRun } from './held-run.ts';
import type { Database } from './open-database.ts';
import type { RunStorage } from './table-storage.ts';

/**
 * Keeps records in a folder that all workers share, and the checkpoint in the database.
 *
 * Each attempt writes a file of its own, which begins with what the checkpoint confirms of the file before it. So a
 * worker that was suspended while its run was given away cannot write into the file of its successor: no lock of a shared
 * file system is needed. A page is synced to the file before the checkpoint counts its bytes.
 */
export function createFolderStorage(database: Database, run: HeldRun, folder: string): RunStorage {
  const published = fileName(run);
  const part = `${published}.${run.job.id.slice(0, 8)}-${run.job.retryCount}.part`;
  const file = createFileOutput(join(folder, part), published);
  const statement = `UPDATE ${database.schema}.connector_run SET checkpoint = $4, records = $5, pages = $6, part = $7
    WHERE ${heldBy} RETURNING id`;
  let current = run.part;
  return {
    store: checkpointStore(run, async (checkpoint) => {
      const { records, pages } = checkpoint;
      const values = [...holderValues(run), JSON.stringify(checkpoint), records, pages, part];
      const rows = await database.query(statement, values);
      current = part;
      return rows.length === 1;
    }),
    output: {
      ...file,
      async open() {
        await copyStart(folder, { from: run.part, to: part, bytes: confirmedBytes(run) });
        return file.open(true);
      },
    },
    publish: () => publish(folder, published, current),
  };
}

/** The name of a finished run's file. */
export const fileName = ({ connector, id }: HeldRun): string => `${connector}.${id}.ndjson`;

interface Copy {
  readonly from: string | null;
  readonly to: string;
  readonly bytes: number;
}

/** @throws RunError `STATE` when the file that the checkpoint confirms is gone or too short */
async function copyStart(folder: string, { from, to, bytes }: Copy): Promise<void> {
  const target = join(folder, to);
  await rm(target, { force: true });
  if (bytes > 0) {
    const source = join(folder, from ?? '');
    await assertSize(source, bytes);
    await pipeline(createReadStream(source, { end: bytes - 1 }), createWriteStream(target));
  }
  const file = await open(target, 'a');
  await file.sync();
  await file.close();
}

/** @throws RunError `STATE` when the file is gone or too short */
async function assertSize(path: string, bytes: number): Promise<void> {
  let size = 0;
  try {
    ({ size } = await stat(path));
  } catch (error) {
    if (readCode(error) !== 'ENOENT') throw error;
  }
  if (size >= bytes) return;
  throw new RunError('STATE', `${path} has ${size} bytes, but the checkpoint confirms ${bytes}`, [
    'All workers must share the folder of --out',
  ]);
}

/** A worker may be killed between these steps: then the next attempt repeats them. */
async function publish(folder: string, published: string, part: string | null): Promise<string> {
  const names = await readdir(folder);
  const target = join(folder, published);
  if (!names.includes(published)) await rename(join(folder, part ?? ''), target);
  await syncFolder(target);
  const leftOver = names.filter((name) => name.startsWith(`${published}.`) && name.endsWith('.part'));
  await Promise.all(leftOver.map((name) => rm(join(folder, name), { force: true })));
  return target;
}

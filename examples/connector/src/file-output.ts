import { createReadStream } from 'node:fs';
import { constants, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { syncFolder } from './durable-file.ts';
import type { Output } from './output.ts';

/** Writes the records to a file. `id` is the path as the checkpoint has it. */
export function createFileOutput(path: string, id: string): Output {
  let file: FileHandle | undefined;
  const opened = (): FileHandle => {
    if (file === undefined) throw new Error(`${path} is not open`);
    return file;
  };
  return {
    id,
    name: path,
    async open(mustExist) {
      // for appending, so that writes go to the end of the file after any crash
      file = await open(path, mustExist ? constants.O_WRONLY | constants.O_APPEND : 'a');
      await syncFolder(path);
      return (await file.stat()).size;
    },
    truncate: (offset) => opened().truncate(offset),
    async append(lines) {
      await opened().appendFile(lines);
      await opened().sync();
    },
    async *read(end) {
      if (end > 0) yield* createReadStream(path, { end: end - 1 }) as AsyncIterable<Uint8Array>;
    },
    async close() {
      await file?.close();
      file = undefined;
    },
  };
}

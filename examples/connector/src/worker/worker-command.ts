import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Environment } from '@bearings/config';
import { readConnector } from '../read-connector.ts';
import { RunError } from '../run-error.ts';
import { databaseOptions, flag, parseCommand, parseNumber, usageError, textOption } from './command-options.ts';
import type { QueueCommand } from './command-options.ts';
import { createDocument } from './fleet.ts';
import type { Document } from './fleet.ts';
import { runWorker } from './run-worker.ts';
import type { WorkerOptions } from './run-worker.ts';

/** What a command uses of its process. */
export interface CommandContext {
  readonly env: Environment;
  /** Prints a line of the result. */
  readonly print: (line: string) => void;
  /** Prints a line about the work. */
  readonly log: (line: string) => void;
  /** Aborted when the process is asked to end. */
  readonly stop: AbortSignal;
}

/** `connector worker`. @throws RunError when the worker cannot start */
export async function workerCommand(args: readonly string[], { env, log, stop }: CommandContext): Promise<void> {
  const { values, positionals } = parse(args);
  const count = (
    name: 'concurrency' | 'retries' | 'retry-delay' | 'take-over-after' | 'grace',
    min: number,
    max: number,
  ): number => parseNumber('worker', { name, text: values[name], min, max });
  const settings = {
    concurrency: count('concurrency', 1, 100),
    retries: count('retries', 0, 1_000),
    retryDelayS: count('retry-delay', 1, 600),
    takeOverAfterS: count('take-over-after', 10, 86_400),
    graceS: count('grace', 1, 86_400),
  };
  const documents = await readDocumentFiles('worker', positionals, env);
  const folder = values.out === undefined ? undefined : await makeFolder(values.out);
  const { database, schema, replace } = values;
  const report = (kind: Parameters<WorkerOptions['report']>[0], text: string): void => log(`${marks[kind]} ${text}`);
  await runWorker({ ...settings, database, schema, replace, documents, folder, env, report }, stop);
}

const marks = { ready: '•', started: '▶', succeeded: '✓', failed: '✗', returned: '↩', warning: '!' } as const;

function parse(args: readonly string[]) {
  return parseCommand('worker', () =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...databaseOptions,
        out: { type: 'string' },
        concurrency: textOption('4'),
        retries: textOption('5'),
        'retry-delay': textOption('10'),
        'take-over-after': textOption('30'),
        grace: textOption('30'),
        replace: flag,
      },
    }),
  );
}

/** @throws RunError `CONFIG` when a file is wrong, or two have the same name */
export async function readDocumentFiles(
  command: QueueCommand,
  files: readonly string[],
  env: Environment,
): Promise<readonly Document[]> {
  if (files.length === 0) throw usageError(command, 'The files of the connectors are missing');
  const documents = new Map<string, Document>();
  for (const file of files) {
    const read = await readConnector(file, env);
    if (read.isErr()) throw read.error;
    const { name } = read.value.metadata;
    if (documents.has(name)) throw new RunError('CONFIG', `${file}: another file has the connector ${name} too`);
    documents.set(name, createDocument(read.value));
  }
  return [...documents.values()];
}

async function makeFolder(path: string): Promise<string> {
  const folder = resolve(path);
  try {
    await mkdir(folder, { recursive: true });
    return folder;
  } catch (error) {
    throw new RunError('CONFIG', `--out: ${error instanceof Error ? error.message : 'the folder cannot be made'}`);
  }
}

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { areReadings } from './readings.ts';
import type { Readings } from './readings.ts';

/** A program of this folder, with its arguments. */
export interface Program {
  readonly file: string;
  readonly args?: readonly (string | number)[];
  /** Options of node, such as `--expose-gc`. */
  readonly flags?: readonly string[];
}

/**
 * Runs a program in its own process and returns the readings that it sends.
 *
 * @throws Error when it ends without them
 */
export async function runChild<K extends string>(program: Program, names: readonly K[]): Promise<Readings<K>> {
  const { file, args = [], flags = [] } = program;
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = fork(path, args.map(String), { execArgv: [...flags], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('message', (message: unknown) => {
      if (areReadings(message, names)) resolve(message);
      else reject(new Error(`${file} ${args.join(' ')} sent no ${names.join(', ')}`));
    });
    child.once('exit', (code) => reject(new Error(`${file} ${args.join(' ')} ended with ${code} and no readings`)));
  });
}

/** Sends the readings to the parent process, and exits. */
export function report(readings: Readonly<Record<string, number>>): void {
  process.send?.(readings, () => process.exit());
}

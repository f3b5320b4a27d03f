import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CommandError } from './command-error.ts';
import type { Terminal } from './terminal.ts';

const mostBytes = 1024 * 1024;

/**
 * A text as it is given to a command: itself, `@file`, or `-` for stdin.
 *
 * @throws CommandError for a file that cannot be read, and for more than 1 MiB
 */
export async function givenText(given: string, terminal: Terminal): Promise<string> {
  if (given === '-') return within(await terminal.readInput(), 'stdin');
  return given.startsWith('@') ? fromFile(given.slice(1), terminal.cwd) : within(given, 'The argument');
}

async function fromFile(name: string, cwd: string): Promise<string> {
  const path = resolve(cwd, name);
  try {
    const stats = await stat(path);
    if (!stats.isFile()) throw new CommandError('USAGE', `${name} is no file`);
    if (stats.size > mostBytes) throw new CommandError('USAGE', `${name} has more than 1 MiB`);
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'an error';
    throw new CommandError('USAGE', `${name} cannot be read (${code})`);
  }
}

function within(text: string, subject: string): string {
  if (Buffer.byteLength(text) <= mostBytes) return text;
  throw new CommandError('USAGE', `${subject} has more than 1 MiB`);
}

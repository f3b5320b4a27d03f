import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CommandError } from './command-error.ts';
import type { Terminal } from './terminal.ts';

const maxBytes = 1024 * 1024;

/**
 * Reads a text argument: the text itself, `@file`, or `-` for stdin.
 *
 * @throws CommandError for a file that cannot be read, and for more than 1 MiB
 */
export async function readTextArgument(given: string, terminal: Terminal): Promise<string> {
  if (given === '-') return assertSize(await terminal.readInput(), 'stdin');
  return given.startsWith('@') ? readTextFile(given.slice(1), terminal.cwd) : assertSize(given, 'The argument');
}

async function readTextFile(name: string, cwd: string): Promise<string> {
  const path = resolve(cwd, name);
  try {
    const stats = await stat(path);
    if (!stats.isFile()) throw new CommandError('USAGE', `${name} is not a file`);
    if (stats.size > maxBytes) throw new CommandError('USAGE', `${name} is larger than 1 MiB`);
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'an error';
    throw new CommandError('USAGE', `${name} cannot be read (${code})`);
  }
}

function assertSize(text: string, subject: string): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  throw new CommandError('USAGE', `${subject} is larger than 1 MiB`);
}

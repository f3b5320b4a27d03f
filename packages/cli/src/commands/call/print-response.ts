import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { untilAborted } from '@bearings/client/layer';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { paint } from '../../output/color.ts';
import { progressOn } from '../../terminal/progress.ts';
import { printable, shownHeader } from '../../output/redaction.ts';
import type { Output, Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../../usage-error.ts';

/** How an answer is shown. */
export interface AnswerOptions {
  /** The file for the body of a 2xx. */
  readonly file: string | undefined;
  /** Prints the head first. */
  readonly hasHead: boolean;
  /** What may come back, and is not shown in the head. */
  readonly secrets: readonly string[];
}

/** What an answer came to. */
export interface Delivery {
  readonly exitCode: ExitCode;
  readonly bytes: number;
}

/** Prints an answer as it comes: its body as it is, to stdout or into a file, and what its status says on stderr. */
export async function deliver(terminal: Terminal, response: Response, options: AnswerOptions): Promise<Delivery> {
  const { stdout, stderr, cwd } = terminal;
  const { status, statusText, ok } = response;
  if (options.hasHead) await stdout.write(headOf(response, options.secrets));
  const file = ok && options.file !== undefined ? resolve(cwd, options.file) : undefined;
  const bytes = file === undefined ? await toStdout(terminal, response) : await toFile(terminal, response, file);
  const exitCode = exitCodeOf(status);
  if (exitCode !== exitCodes.ok) {
    const line = printable(
      `${URL.parse(response.url)?.origin ?? 'the API'} answered ${status} ${statusText}`.trimEnd(),
    );
    await stderr.write(`${paint(stderr, 'red', 'bearings:')} ${line}\n`);
  }
  return { exitCode, bytes };
}

/**
 * Checks that a file can be written, before anything is sent.
 *
 * @throws UsageError
 */
export async function mustBeWritable({ cwd }: Terminal, name: string): Promise<void> {
  const path = resolve(cwd, name);
  try {
    const isDirectory = await isDirectoryAt(path);
    if (isDirectory) throw new UsageError(`-o ${name} is a directory`);
    await access(isDirectory === undefined ? dirname(path) : path, constants.W_OK);
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`-o ${name} cannot be written (${codeOf(cause)})`);
  }
}

async function isDirectoryAt(path: string): Promise<boolean | undefined> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw cause;
  }
}

const codeOf = (cause: unknown): string => (cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown');

function exitCodeOf(status: number): ExitCode {
  if (status >= 500) return exitCodes.serverError;
  return status >= 400 ? exitCodes.refused : exitCodes.ok;
}

function headOf({ status, statusText, headers }: Response, secrets: readonly string[]): string {
  const lines = [...headers].map(([name, value]) => `${name}: ${shownHeader(name, value, secrets)}`);
  return `${[printable(`HTTP ${status} ${statusText}`.trimEnd()), ...lines].join('\n')}\n\n`;
}

async function toStdout(terminal: Terminal, response: Response): Promise<number> {
  const { stdout } = terminal;
  let last: number | undefined;
  const write = async (piece: Uint8Array): Promise<void> => {
    last = piece.at(-1) ?? last;
    await stdout.write(piece);
  };
  const bytes = await read(response, write, { terminal, isShown: !stdout.isTTY });
  const lineFeed = 10;
  if (stdout.isTTY && last !== undefined && last !== lineFeed) await stdout.write('\n'); // for the prompt's sake
  return bytes;
}

async function toFile(terminal: Terminal, response: Response, path: string): Promise<number> {
  const file = await open(path, 'w');
  try {
    return await read(response, (piece) => file.appendFile(piece), { terminal, isShown: true });
  } finally {
    await file.close();
  }
}

type Write = (piece: Uint8Array) => ReturnType<Output['write']>;

interface Reading {
  readonly terminal: Terminal;
  /** Whether progress may be shown. */
  readonly isShown: boolean;
}

/** Piece by piece: the next one is asked for when there is room for it. */
async function read(response: Response, write: Write, { terminal, isShown }: Reading): Promise<number> {
  if (response.body === null) return 0;
  const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
  const progress = isShown ? progressOn(terminal, length === null ? undefined : Number(length)) : undefined;
  let bytes = 0;
  try {
    for await (const piece of response.body) {
      bytes += piece.byteLength;
      await untilAborted(write(piece), terminal.interrupted); // whoever reads the output may have stopped
      progress?.add(piece.byteLength);
    }
    return bytes;
  } finally {
    progress?.end();
  }
}

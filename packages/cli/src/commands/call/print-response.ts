import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { redact } from '@bearings/client/errors';
import { untilAborted } from '@bearings/client/layer';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { color } from '../../output/color.ts';
import { createJsonFormatter } from '../../output/json-formatter.ts';
import { createProgress } from '../../terminal/progress.ts';
import { printable, redactHeader } from '../../output/redaction.ts';
import type { Output, Terminal } from '../../terminal/terminal.ts';
import { formatJsonResponse, isJsonType } from './json-response.ts';
import { UsageError } from '../../usage-error.ts';

/** How to print a response. */
export interface PrintResponseOptions {
  /** The file for the body of a 2xx response. */
  readonly file: string | undefined;
  /** Prints status and headers first. */
  readonly includeHead: boolean;
  /** Prints head and body as one JSON document. */
  readonly isJson: boolean;
  /** Secrets to remove from the head, because the server may quote them. */
  readonly secrets: readonly string[];
  /** Called with each chunk of the body. */
  readonly onChunk: (chunk: Uint8Array) => void;
}

/** The exit code and size of a printed response. */
export interface PrintedResponse {
  readonly exitCode: ExitCode;
  readonly bytes: number;
}

/**
 * Prints a response as it arrives, and the status of a failure to stderr. The body goes unchanged to a file, or to stdout;
 * on a terminal JSON is indented.
 */
export async function printResponse(
  terminal: Terminal,
  response: Response,
  options: PrintResponseOptions,
): Promise<PrintedResponse> {
  const { stdout, stderr, cwd } = terminal;
  const { status, statusText, ok } = response;
  if (options.includeHead) await stdout.write(formatHead(response, options.secrets));
  const file = ok && options.file !== undefined ? resolve(cwd, options.file) : undefined;
  const bytes = await writeBody(terminal, response, { ...options, file });
  const exitCode = statusExitCode(status);
  if (exitCode !== exitCodes.ok) {
    const line = printable(
      `${URL.parse(response.url)?.origin ?? 'the API'} answered ${status} ${redact(statusText, options.secrets)}`.trimEnd(),
    );
    await stderr.write(`${color(stderr, 'red', 'bearings:')} ${line}\n`);
  }
  return { exitCode, bytes };
}

/**
 * Checks that a file can be written.
 *
 * @param flag - for the message
 * @throws UsageError
 */
export async function assertWritable({ cwd }: Terminal, flag: string, name: string): Promise<void> {
  const path = resolve(cwd, name);
  try {
    const isDirectory = await isDirectoryAt(path);
    if (isDirectory) throw new UsageError(`${flag} ${name} is a directory`);
    await access(isDirectory === undefined ? dirname(path) : path, constants.W_OK);
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`${flag} ${name} cannot be written (${errorCode(cause)})`);
  }
}

async function isDirectoryAt(path: string): Promise<boolean | undefined> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return undefined;
    throw cause;
  }
}

const errorCode = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';

function statusExitCode(status: number): ExitCode {
  if (status >= 500) return exitCodes.serverError;
  return status >= 400 ? exitCodes.refused : exitCodes.ok;
}

function formatHead({ status, statusText, headers }: Response, secrets: readonly string[]): string {
  const lines = [...headers].map(([name, value]) => `${name}: ${redactHeader(name, value, secrets)}`);
  return `${[printable(`HTTP ${status} ${redact(statusText, secrets)}`.trimEnd()), ...lines].join('\n')}\n\n`;
}

function writeBody(terminal: Terminal, response: Response, options: PrintResponseOptions): Promise<number> {
  const { onChunk, file } = options;
  if (file !== undefined) return writeToFile(terminal, response, { file, onChunk });
  if (options.isJson) return writeDocument(terminal, response, options);
  const isShown = terminal.stdout.isTTY && isJsonType(response.headers);
  return isShown ? writeIndented(terminal, response, onChunk) : writeToStdout(terminal, response, onChunk);
}

/** On a terminal, so that the prompt starts on a new line. */
async function writeToStdout(terminal: Terminal, response: Response, onChunk: OnChunk): Promise<number> {
  const { stdout } = terminal;
  let last: number | undefined;
  const write = async (chunk: Uint8Array): Promise<void> => {
    last = chunk.at(-1) ?? last;
    onChunk(chunk);
    await stdout.write(chunk);
  };
  const bytes = await readBody(response, write, { terminal, showsProgress: !stdout.isTTY });
  const lineFeed = 10;
  if (stdout.isTTY && last !== undefined && last !== lineFeed) await stdout.write('\n');
  return bytes;
}

/** JSON for people. */
async function writeIndented(terminal: Terminal, response: Response, onChunk: OnChunk): Promise<number> {
  const { stdout } = terminal;
  const decoder = new TextDecoder();
  const formatter = createJsonFormatter({ indent: 2, paint: (style, text) => color(stdout, style, text) });
  const write = async (chunk: Uint8Array): Promise<void> => {
    onChunk(chunk);
    await stdout.write(formatter.push(decoder.decode(chunk, { stream: true })));
  };
  const bytes = await readBody(response, write, { terminal, showsProgress: false });
  const rest = formatter.push(decoder.decode()) + formatter.end();
  if (bytes > 0) await stdout.write(`${rest}\n`);
  return bytes;
}

async function writeDocument(
  terminal: Terminal,
  response: Response,
  { secrets, onChunk }: PrintResponseOptions,
): Promise<number> {
  const chunks: Uint8Array[] = [];
  const write = async (chunk: Uint8Array): Promise<void> => {
    onChunk(chunk);
    chunks.push(chunk);
  };
  const bytes = await readBody(response, write, { terminal, showsProgress: true });
  const { stdout } = terminal;
  const indent = stdout.isTTY ? 2 : undefined;
  await stdout.write(`${formatJsonResponse(response, Buffer.concat(chunks), { secrets, indent })}\n`);
  return bytes;
}

async function writeToFile(
  terminal: Terminal,
  response: Response,
  { file, onChunk }: { readonly file: string; readonly onChunk: OnChunk },
): Promise<number> {
  const opened = await open(file, 'w');
  const write = (chunk: Uint8Array): Promise<void> => {
    onChunk(chunk);
    return opened.appendFile(chunk);
  };
  try {
    return await readBody(response, write, { terminal, showsProgress: true });
  } finally {
    await opened.close();
  }
}

type OnChunk = PrintResponseOptions['onChunk'];

type Write = (chunk: Uint8Array) => ReturnType<Output['write']>;

interface ReadBodyOptions {
  readonly terminal: Terminal;
  /** True when progress may be shown. */
  readonly showsProgress: boolean;
}

/** Reads the next chunk when the output has accepted the last one. */
async function readBody(
  response: Response,
  write: Write,
  { terminal, showsProgress: isShown }: ReadBodyOptions,
): Promise<number> {
  if (response.body === null) return 0;
  const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
  const progress = isShown ? createProgress(terminal, length === null ? undefined : Number(length)) : undefined;
  let bytes = 0;
  try {
    for await (const chunk of response.body) {
      bytes += chunk.byteLength;
      await untilAborted(write(chunk), terminal.interrupted); // the reader of the output may have stopped
      progress?.add(chunk.byteLength);
    }
    return bytes;
  } finally {
    progress?.end();
  }
}

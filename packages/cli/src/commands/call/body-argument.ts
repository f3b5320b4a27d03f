import { createReadStream, openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import type { Readable } from 'node:stream';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../../usage-error.ts';

/** The body of a request, as `-d` says it. */
export interface BodyArgument {
  /** Text and files can be sent again, when an attempt fails; a stream is sent once. */
  readonly body: NonNullable<RequestInit['body']>;
  /** What it looks like. */
  readonly contentType: string;
  /** Reads no more of it. */
  readonly end: () => void;
}

/**
 * The body that `-d` names: text, `@file`, or `@-` for stdin. Nothing is read into memory.
 *
 * @throws UsageError when the file cannot be read
 */
export async function bodyOf(terminal: Terminal, data: string): Promise<BodyArgument> {
  if (!data.startsWith('@')) return { body: data, contentType: typeOfText(data), end: nothingToEnd };
  if (data === '@-') return fromStream(terminal.stdin.stream, terminal.interrupted);
  return fromFile(terminal, data.slice(1));
}

const nothingToEnd = (): void => {};

function typeOfText(text: string): string {
  if (isJson(text)) return 'application/json';
  return /^[^=&\s]+=[^&\s]*(?:&[^=&\s]+=[^&\s]*)*$/.test(text)
    ? 'application/x-www-form-urlencoded'
    : 'text/plain;charset=UTF-8';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** By its beginning: the rest may be long. */
const typeOfBeginning = (text: string): string =>
  /^\uFEFF?\s*[[{]/.test(text) ? 'application/json' : 'application/octet-stream';

/** @throws UsageError */
async function fromFile({ cwd, interrupted }: Terminal, name: string): Promise<BodyArgument> {
  const path = resolve(cwd, name);
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw new UsageError(`-d @${name} is a directory`);
    if (!stats.isFile()) return await fromStream(createReadStream(path), interrupted);
    const file = await openAsBlob(path);
    return { body: file, contentType: typeOfBeginning(await file.slice(0, 64).text()), end: nothingToEnd };
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new UsageError(`-d @${name} cannot be read (${code})`);
  }
}

/** As it comes, piece by piece; the first is waited for, to see what it is. */
async function fromStream(stream: Readable, interrupted: AbortSignal): Promise<BodyArgument> {
  const pieces: AsyncIterator<Buffer> = addAbortSignal(interrupted, stream)[Symbol.asyncIterator]();
  const first = await pieces.next();
  const beginning = first.done === true ? '' : first.value.subarray(0, 64).toString();
  async function* all(): AsyncGenerator<Buffer> {
    for (let piece = first; piece.done !== true; piece = await pieces.next()) yield piece.value;
  }
  return {
    body: ReadableStream.from(all()),
    contentType: typeOfBeginning(beginning),
    end: () => void stream.destroy(),
  };
}

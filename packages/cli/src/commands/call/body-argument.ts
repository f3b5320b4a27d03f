import { createReadStream, openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { addAbortSignal } from 'node:stream';
import type { Readable } from 'node:stream';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../../usage-error.ts';

/** The request body that `-d` describes. */
export interface BodyArgument {
  /** Text and files can be sent again when an attempt fails; a stream is sent once. */
  readonly body: NonNullable<RequestInit['body']>;
  /** Guessed from the content. */
  readonly contentType: string;
  /** Stops reading the stream. */
  readonly dispose: () => void;
}

/**
 * Reads `-d`: text, `@file`, or `@-` for stdin. Files and streams are not read into memory.
 *
 * @throws UsageError when the file cannot be read
 */
export async function parseBodyArgument(terminal: Terminal, data: string): Promise<BodyArgument> {
  if (!data.startsWith('@')) return { body: data, contentType: textContentType(data), dispose: doNothing };
  if (data === '@-') return readStreamBody(terminal.stdin.stream, terminal.interrupted);
  return readFileBody(terminal, data.slice(1));
}

const doNothing = (): void => {};

function textContentType(text: string): string {
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

/** Looks only at the start: the rest may be long. */
const binaryContentType = (text: string): string =>
  /^\uFEFF?\s*[[{]/.test(text) ? 'application/json' : 'application/octet-stream';

/** @throws UsageError */
async function readFileBody({ cwd, interrupted }: Terminal, name: string): Promise<BodyArgument> {
  const path = resolve(cwd, name);
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw new UsageError(`-d @${name} is a directory`);
    if (!stats.isFile()) return await readStreamBody(createReadStream(path), interrupted);
    const file = await openAsBlob(path);
    return { body: file, contentType: binaryContentType(await file.slice(0, 64).text()), dispose: doNothing };
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new UsageError(`-d @${name} cannot be read (${code})`);
  }
}

/** A stream, chunk by chunk. Waits for the first chunk to guess the content type. */
async function readStreamBody(stream: Readable, interrupted: AbortSignal): Promise<BodyArgument> {
  const chunks: AsyncIterator<Buffer> = addAbortSignal(interrupted, stream)[Symbol.asyncIterator]();
  const first = await chunks.next();
  const start = first.done === true ? '' : first.value.subarray(0, 64).toString();
  async function* all(): AsyncGenerator<Buffer> {
    for (let chunk = first; chunk.done !== true; chunk = await chunks.next()) yield chunk.value;
  }
  return {
    body: ReadableStream.from(all()),
    contentType: binaryContentType(start),
    dispose: () => void stream.destroy(),
  };
}

import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { readHeader } from './merge-headers.ts';

/** The largest body that is read before it is sent, in bytes. */
const maxBytes = 64 * 1024;

/** Whether a request has a body that can be sent once, but is short enough to be read first: `fetch` makes all bodies so. */
export function isShortStream({ body, headers }: Dispatcher.DispatchOptions): boolean {
  const length = Number(readHeader(headers, 'content-length') ?? NaN);
  return isIterable(body) && length <= maxBytes;
}

/** The same request with its body as bytes. A body that is longer than it said is left to undici, which refuses it. */
export async function bufferBody(options: Dispatcher.DispatchOptions): Promise<Dispatcher.DispatchOptions> {
  const { body } = options;
  if (!isIterable(body)) return options;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const rest = body[Symbol.asyncIterator]();
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    const chunk = Buffer.from(next.value);
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > maxBytes) return { ...options, body: Readable.from(continueBody(chunks, rest)) };
  }
  return { ...options, body: Buffer.concat(chunks) };
}

async function* continueBody(
  chunks: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield chunk; // with yield*, the array would have to take an error of the consumer
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

const isIterable = (body: unknown): body is AsyncIterable<Uint8Array> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

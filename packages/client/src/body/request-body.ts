import type { Clock } from '../time/clock.ts';

/** A body that can be sent as often as needed. */
export type ReplayableBody = Exclude<RequestInit['body'], undefined | null | ReadableStream | AsyncIterable<unknown>>;

/** The body of a request: one that can be sent again, or a stream, which is used up by sending it. */
export type RequestBody = ReplayableBody | ReadableStream;

/** How much of a Request's body is kept, and how long it is waited for. What is longer or slower stays a stream. */
const keptBytes = 1024 * 1024;
const waitMs = 10;

/** True for text, bytes, a form or a Blob. A stream or an iterator is used up by sending it. */
export function isReplayable(body: NonNullable<RequestInit['body']>): body is ReplayableBody {
  if (typeof body === 'string' || body instanceof URLSearchParams || body instanceof FormData) return true;
  return body instanceof Blob || body instanceof ArrayBuffer || ArrayBuffer.isView(body);
}

/** The content type that a body has by itself, `''` for none (Fetch standard, "extract a body"). */
export function ownContentType(body: RequestBody): string {
  if (typeof body === 'string') return 'text/plain;charset=UTF-8';
  if (body instanceof URLSearchParams) return 'application/x-www-form-urlencoded;charset=UTF-8';
  return body instanceof Blob ? body.type : '';
}

/**
 * A copy of the body: `fetch` sends what it was given, also when the caller changes it afterwards. What is no body, such
 * as a number, becomes text, as in `fetch`.
 */
export function snapshotBody(body: RequestInit['body']): RequestInit['body'] {
  if (body instanceof URLSearchParams) return new URLSearchParams(body);
  if (isBuffer(body)) return copyBytes(body);
  if (ArrayBuffer.isView(body)) return copyBytes(body.buffer, body);
  if (body instanceof Blob || isStream(body)) return body;
  if (typeof body === 'string' || body === undefined || body === null) return body;
  if (!(body instanceof FormData)) return toText(body);
  const copy = new FormData();
  for (const [name, value] of body) copy.append(name, value);
  return copy;
}

/** True for an ArrayBuffer, of another realm too, such as the context of a test runner. */
const isBuffer = (body: unknown): body is ArrayBuffer =>
  Object.prototype.toString.call(body) === '[object ArrayBuffer]';

interface ByteRange {
  readonly byteOffset?: number;
  readonly byteLength: number;
}

/** A buffer that was transferred to another thread is empty, as in `fetch`. */
function copyBytes(buffer: ArrayBufferLike, { byteOffset, byteLength }: ByteRange = buffer): Uint8Array<ArrayBuffer> {
  return byteLength === 0 ? new Uint8Array() : new Uint8Array(buffer, byteOffset, byteLength).slice();
}

const toText = (value: unknown): string => String(value);

/** True for a stream, or an async iterable such as a stream of Node. */
const isStream = (body: RequestInit['body']): body is ReadableStream | AsyncIterable<Uint8Array> =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

type Reader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

/**
 * The body inside a Request, in a form that can be sent again where that costs no copy.
 *
 * Many libraries pass `new Request(url, { body })`. When all of its body is there at once, and small, the bytes are
 * kept; otherwise it stays a stream.
 */
export async function peekBody(stream: ReadableStream, clock: Clock): Promise<RequestBody> {
  const reader: Reader = stream.getReader();
  const beginning: Uint8Array<ArrayBuffer>[] = [];
  const late = new AbortController();
  const cancel = clock.schedule(waitMs, () => late.abort());
  let next = reader.read();
  try {
    for (let seenBytes = 0; ;) {
      const piece = await unless(late.signal, next);
      if (piece === undefined) break;
      if (piece.done) return bufferedBody(beginning);
      if (!(piece.value instanceof Uint8Array)) break; // `fetch` refuses it
      if (beginning.length > 0 && seenBytes + piece.value.byteLength > keptBytes) break; // a first piece is there anyway
      beginning.push(piece.value);
      seenBytes += piece.value.byteLength;
      next = reader.read();
    }
  } finally {
    cancel();
  }
  return resumeStream(beginning, { next, reader });
}

/** The result, or `undefined` when the signal is aborted first. */
async function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const stop = (): void => resolve(undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function bufferedBody(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [first = new Uint8Array()] = pieces;
  if (pieces.length <= 1) return first;
  const bytes = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}

/** The pieces read so far, then the read in progress, then the rest as it is asked for. */
function resumeStream(
  beginning: readonly Uint8Array<ArrayBuffer>[],
  { next, reader }: { next: ReturnType<Reader['read']>; reader: Reader },
): ReadableStream {
  const pieces = beginning.values();
  let pending: typeof next | undefined = next;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const kept = pieces.next();
        if (kept.done !== true) return controller.enqueue(kept.value);
        const { done, value } = await (pending ?? reader.read());
        pending = undefined;
        return done ? controller.close() : controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

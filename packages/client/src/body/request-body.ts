import type { BodySource } from '../core/call.ts';
import type { Clock } from '../time/clock.ts';

/** A request, and what its body was made from when that can be sent as often as needed. */
export interface Payload {
  readonly request: Request;
  readonly source: BodySource | undefined;
  /** Whether the body (if any) can be sent again. */
  readonly repeatable: boolean;
}

/** As much of a Request's body as is kept, and as long as is waited for it. What is more, or slower, is a stream. */
const keptBytes = 1024 * 1024;
const waitMs = 10;

/**
 * Finds out whether a request's body can be sent again, without a copy of it.
 *
 * What was given as a body is known: a string, bytes, a form or a Blob are sent from themselves each time, and a
 * stream is sent once. What is inside a Request (many libraries hand over `new Request(url, { body })`) is looked at:
 * when it is all there at once, and small, it is kept as bytes; else it goes out as the stream that it is.
 *
 * @param body - what was given beside the request, if anything, as {@link fixed} gives it
 */
export async function payloadOf(request: Request, body: RequestInit['body'], clock: Clock): Promise<Payload> {
  if (request.body === null) return { request, source: undefined, repeatable: true };
  if (body === undefined || body === null) return lookedAt(request, request.body, clock);
  return isSource(body)
    ? { request, source: body, repeatable: true }
    : { request, source: undefined, repeatable: false };
}

/** The body as it is now: `fetch` sends what it was given, whatever the caller does with it afterwards. */
export function fixed(body: RequestInit['body']): RequestInit['body'] {
  if (body instanceof URLSearchParams) return new URLSearchParams(body);
  if (body instanceof ArrayBuffer) return body.slice();
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice();
  if (!(body instanceof FormData)) return body;
  const copy = new FormData();
  for (const [name, value] of body) copy.append(name, value);
  return copy;
}

/** True for what is all there; a stream or an iterator is used up by sending it. */
export function isSource(body: NonNullable<RequestInit['body']>): body is BodySource {
  if (typeof body === 'string' || body instanceof URLSearchParams || body instanceof FormData) return true;
  return body instanceof Blob || body instanceof ArrayBuffer || ArrayBuffer.isView(body);
}

type Reader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

async function lookedAt(request: Request, stream: ReadableStream, clock: Clock): Promise<Payload> {
  const reader: Reader = stream.getReader();
  const beginning: Uint8Array<ArrayBuffer>[] = [];
  const late = new AbortController();
  const cancel = clock.schedule(waitMs, () => late.abort());
  let next = reader.read();
  try {
    for (let seenBytes = 0; ;) {
      const piece = await unless(late.signal, next);
      if (piece === undefined) break;
      if (piece.done) return whole(request, beginning);
      if (!(piece.value instanceof Uint8Array)) break; // `fetch` refuses it where it meets it
      if (beginning.length > 0 && seenBytes + piece.value.byteLength > keptBytes) break; // a first piece is there anyway
      beginning.push(piece.value);
      seenBytes += piece.value.byteLength;
      next = reader.read();
    }
  } finally {
    cancel();
  }
  return once(request, stitched(beginning, { next, reader }));
}

/** The answer, or `undefined` when the signal comes first. */
async function unless<T>(signal: AbortSignal, answer: Promise<T>): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const leave = (): void => resolve(undefined);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([answer, promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function whole(request: Request, pieces: readonly Uint8Array<ArrayBuffer>[]): Payload {
  const [first = new Uint8Array()] = pieces;
  const source = pieces.length > 1 ? joined(pieces) : first;
  return { request: new Request(request, { method: request.method, body: source }), source, repeatable: true };
}

function joined(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
}

function once(request: Request, body: ReadableStream): Payload {
  return {
    request: new Request(request, { method: request.method, body, duplex: 'half' }),
    source: undefined,
    repeatable: false,
  };
}

/** What was read already, then the read under way, then the rest as it is asked for. */
function stitched(
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

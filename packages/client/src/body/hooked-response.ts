import { cancelQuietly } from './discard.ts';
import { bodyHooks, BodyHooks } from './body-hooks.ts';
import type { Read } from './body-hooks.ts';
import { HookedStream, withBody } from './hooked-stream.ts';
import { parseJson } from './parse-json.ts';

/** The longest body that is read as one piece: it arrives with the response headers, or not at all. */
const smallBytes = 64 * 1024;

const state: unique symbol = Symbol('bearings.hookState');

interface HookState {
  /** True when the stated length is small. */
  readonly isSmall: boolean;
  /** The same response with a stream of ours, once the stream has been asked for. */
  wrapped: Response | undefined;
}

/** A response of the platform whose body is read through hooks. */
export interface HookedResponse extends Response {
  [state]: HookState;
  [bodyHooks]: BodyHooks;
}

const platform = Response.prototype;

/**
 * Makes the body of a response read through hooks, without a stream of ours around the platform's, which would cost more
 * than all stages together. Almost every body is small, and read whole by `json()` or `text()`. The stream is made when
 * it is asked for.
 *
 * It stays the platform's Response, which the servers of Bun, Deno and Workers need as an answer: a class of ours, as the
 * transport over undici has, is none to them.
 *
 * @returns `undefined` for a response that is not of the platform, or has been read
 */
export function hookResponse(response: Response): HookedResponse | undefined {
  if (Object.getPrototypeOf(response) !== platform || response.bodyUsed) return undefined;
  const length = response.headers.get('content-length');
  const isSmall = length !== null && Number(length) <= smallBytes && !response.headers.has('content-encoding');
  const made: HookedResponse = Object.setPrototypeOf(response, prototype);
  made[bodyHooks] = new BodyHooks();
  made[state] = { isSmall, wrapped: undefined };
  return made;
}

const overrides: object & ThisType<HookedResponse> = {
  get body() {
    return platformBody(this) === null ? null : wrap(this).body;
  },
  get bodyUsed() {
    return this[state].wrapped?.bodyUsed ?? isUsed(this);
  },
  arrayBuffer() {
    return readAs(this, {
      wrapped: (known) => known.arrayBuffer(),
      platform: () => platform.arrayBuffer.call(this),
      pieces: (pieces) => new Blob([...pieces]).arrayBuffer(),
    });
  },
  blob() {
    return readAs(this, {
      wrapped: (known) => known.blob(),
      platform: () => platform.blob.call(this),
      pieces: (pieces) => new Response(new Blob([...pieces]), { headers: this.headers }).blob(),
    });
  },
  bytes() {
    return readAs(this, {
      wrapped: (known) => known.bytes(),
      platform: () => platform.bytes.call(this),
      pieces: (pieces) => new Blob([...pieces]).bytes(),
    });
  },
  text() {
    return readAs(this, {
      wrapped: (known) => known.text(),
      platform: () => platform.text.call(this),
      pieces: decode,
    });
  },
  async json() {
    return parseJson(await this.text());
  },
  formData() {
    return wrap(this).formData();
  },
  clone() {
    const isRead = this[state].wrapped === undefined && isUsed(this);
    return isRead ? platform.clone.call(this) : wrap(this).clone(); // the platform's refuses what was read
  },
};

const prototype: object = Object.create(platform, Object.getOwnPropertyDescriptors(overrides));

const platformBody = (response: Response): Response['body'] => Reflect.get(platform, 'body', response);
const isUsed = (response: Response): boolean => Reflect.get(platform, 'bodyUsed', response);

type Pieces = readonly Uint8Array[];

/** The ways to read a whole body: from the response with our stream, by the platform, or from pieces. */
interface Readers<T> {
  readonly wrapped: (known: Response) => Promise<T>;
  readonly platform: () => Promise<T>;
  readonly pieces: (pieces: Pieces) => T | Promise<T>;
}

async function readAs<T>(response: HookedResponse, readers: Readers<T>): Promise<T> {
  const { wrapped: known, isSmall } = response[state];
  if (known !== undefined) return readers.wrapped(known);
  if (isUsed(response)) return readers.platform(); // which refuses it
  return isSmall
    ? readWhole(response, readers.platform)
    : readers.pieces(await readPieces(platformBody(response), response[bodyHooks]));
}

/** Reads a body as one piece: for the hooks, there is one read, which ends it. */
async function readWhole<T>(response: HookedResponse, read: () => Promise<T>): Promise<T> {
  const hooks = response[bodyHooks];
  const results: T[] = [];
  const source: Read = async () => {
    results.push(await read());
    return { done: true, value: undefined };
  };
  try {
    await hooks.through(source)();
  } finally {
    hooks.end();
  }
  const [result = await read()] = results; // when no hook read, the platform reads
  return result;
}

/** Reads a body to its end, through hooks, without a stream of ours. */
async function readPieces(body: Response['body'], hooks: BodyHooks): Promise<Pieces> {
  if (body === null) return [];
  const reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> = body.getReader();
  const read = hooks.through(() => reader.read());
  const pieces: Uint8Array[] = [];
  try {
    for (let piece = await read(); !piece.done; piece = await read()) pieces.push(piece.value);
  } catch (cause) {
    void cancelQuietly(reader, cause); // never rejects
    throw cause;
  } finally {
    hooks.end();
  }
  return pieces;
}

function decode(pieces: Pieces): string {
  const decoder = new TextDecoder();
  const texts = pieces.map((piece) => decoder.decode(piece, { stream: true }));
  return texts.join('') + decoder.decode();
}

function wrap(response: HookedResponse): Response {
  const { wrapped: known } = response[state];
  if (known !== undefined) return known;
  const body = platformBody(response);
  const made = body === null ? response : withBody(response, new HookedStream(response, body, response[bodyHooks]));
  response[state].wrapped = made;
  return made;
}

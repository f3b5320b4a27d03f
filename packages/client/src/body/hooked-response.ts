import { cancelQuietly } from './discard.ts';
import { bodyHooks, BodyHooks } from './body-hooks.ts';
import type { Read, BodyHook } from './body-hooks.ts';
import { TappedBody, withBody } from './hooked-stream.ts';

/** The longest body that is read as one piece: it is on its way with the head, or is not coming. */
const smallBytes = 64 * 1024;

const watch: unique symbol = Symbol('bearings.watch');

interface Watch {
  readonly taps: BodyHooks;
  /** True for a body that says that it is small. */
  readonly isSmall: boolean;
  /** The same response with a stream of ours, once somebody has asked for the stream. */
  wrapped: Response | undefined;
}

/** A response of the platform's own, whose body is read through taps. */
export interface WatchedResponse extends Response {
  [watch]: Watch;
  [bodyHooks](tap: BodyHook): void;
}

const platform = Response.prototype;

/**
 * Has the body of a response read through taps, without a stream of ours around the platform's: that would cost more
 * than all stages together. Almost every body is small, and read whole by `json()` or `text()`; only when somebody asks
 * for the stream is there one.
 *
 * @returns `undefined` for a response that is not the platform's own, or has been read
 */
export function watched(response: Response): WatchedResponse | undefined {
  if (Object.getPrototypeOf(response) !== platform || response.bodyUsed) return undefined;
  const length = response.headers.get('content-length');
  const isSmall = length !== null && Number(length) <= smallBytes && !response.headers.has('content-encoding');
  const made: WatchedResponse = Object.setPrototypeOf(response, prototype);
  made[watch] = { taps: new BodyHooks(), isSmall, wrapped: undefined };
  return made;
}

const overrides: object & ThisType<WatchedResponse> = {
  [bodyHooks](tap: BodyHook) {
    this[watch].taps.add(tap);
  },
  get body() {
    return platformsBody(this) === null ? null : wrapped(this).body;
  },
  get bodyUsed() {
    return this[watch].wrapped?.bodyUsed ?? isUsed(this);
  },
  arrayBuffer() {
    return readAs(this, {
      wrapped: (known) => known.arrayBuffer(),
      platforms: () => platform.arrayBuffer.call(this),
      ours: (pieces) => new Blob([...pieces]).arrayBuffer(),
    });
  },
  blob() {
    return readAs(this, {
      wrapped: (known) => known.blob(),
      platforms: () => platform.blob.call(this),
      ours: (pieces) => new Response(new Blob([...pieces]), { headers: this.headers }).blob(),
    });
  },
  bytes() {
    return readAs(this, {
      wrapped: (known) => known.bytes(),
      platforms: () => platform.bytes.call(this),
      ours: (pieces) => new Blob([...pieces]).bytes(),
    });
  },
  text() {
    return readAs(this, {
      wrapped: (known) => known.text(),
      platforms: () => platform.text.call(this),
      ours: decoded,
    });
  },
  async json() {
    return JSON.parse(await this.text()) as unknown;
  },
  formData() {
    return wrapped(this).formData();
  },
  clone() {
    const isRead = this[watch].wrapped === undefined && isUsed(this);
    return isRead ? platform.clone.call(this) : wrapped(this).clone(); // the platform's refuses what was read
  },
};

const prototype: object = Object.create(platform, Object.getOwnPropertyDescriptors(overrides));

const platformsBody = (response: Response): Response['body'] => Reflect.get(platform, 'body', response);
const isUsed = (response: Response): boolean => Reflect.get(platform, 'bodyUsed', response);

type Pieces = readonly Uint8Array[];

/** The ways to read a body whole: by the response that has a stream of ours, by the platform, from pieces. */
interface Ways<T> {
  readonly wrapped: (known: Response) => Promise<T>;
  readonly platforms: () => Promise<T>;
  readonly ours: (pieces: Pieces) => T | Promise<T>;
}

async function readAs<T>(response: WatchedResponse, ways: Ways<T>): Promise<T> {
  const { wrapped: known, isSmall, taps } = response[watch];
  if (known !== undefined) return ways.wrapped(known);
  if (isUsed(response)) return ways.platforms(); // which refuses it
  return isSmall ? whole(response, ways.platforms) : ways.ours(await piecesOf(platformsBody(response), taps));
}

/** Reads a body as one piece: for the taps, the first read is the last. */
async function whole<T>(response: WatchedResponse, read: () => Promise<T>): Promise<T> {
  const { taps } = response[watch];
  const results: T[] = [];
  const source: Read = async () => {
    results.push(await read());
    return { done: true, value: undefined };
  };
  try {
    await taps.through(source)();
  } finally {
    taps.end();
  }
  const [result = await read()] = results; // a tap that does not read: the platform says what it says
  return result;
}

/** Reads a body to its end, through taps, without a stream of ours. */
async function piecesOf(body: Response['body'], taps: BodyHooks): Promise<Pieces> {
  if (body === null) return [];
  const reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> = body.getReader();
  const read = taps.through(() => reader.read());
  const pieces: Uint8Array[] = [];
  try {
    for (let piece = await read(); !piece.done; piece = await read()) pieces.push(piece.value);
  } catch (cause) {
    void cancelQuietly(reader, cause); // never rejects, and nobody waits for it
    throw cause;
  } finally {
    taps.end();
  }
  return pieces;
}

function decoded(pieces: Pieces): string {
  const decoder = new TextDecoder();
  const texts = pieces.map((piece) => decoder.decode(piece, { stream: true }));
  return texts.join('') + decoder.decode();
}

function wrapped(response: WatchedResponse): Response {
  const { taps, wrapped: known } = response[watch];
  if (known !== undefined) return known;
  const body = platformsBody(response);
  const made = body === null ? response : withBody(response, new TappedBody(response, body, taps));
  response[watch].wrapped = made;
  return made;
}

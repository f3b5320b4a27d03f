import { takesTap, Taps } from './tap.ts';
import type { Read, Tap } from './tap.ts';
import { TappedBody, withBody } from './tapped-body.ts';

/** The longest body that is read as one piece: it is on its way with the head, or is not coming. */
const smallBytes = 64 * 1024;

const watch: unique symbol = Symbol('bearings.watch');

interface Watch {
  readonly taps: Taps;
  /** True for a body that says that it is small. */
  readonly isSmall: boolean;
  /** The same response with a stream of ours, once somebody has asked for the stream. */
  wrapped: Response | undefined;
}

/** A response of the platform's own, whose body is read through taps. */
export interface WatchedResponse extends Response {
  [watch]: Watch;
  [takesTap](tap: Tap): void;
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
  made[watch] = { taps: new Taps(), isSmall, wrapped: undefined };
  return made;
}

const overrides: object & ThisType<WatchedResponse> = {
  [takesTap](tap: Tap) {
    this[watch].taps.add(tap);
  },
  get body() {
    return platformsBody(this) === null ? null : wrapped(this).body;
  },
  get bodyUsed() {
    return this[watch].wrapped?.bodyUsed ?? isUsed(this);
  },
  arrayBuffer() {
    return isWhole(this) ? whole(this, () => platform.arrayBuffer.call(this)) : wrapped(this).arrayBuffer();
  },
  blob() {
    return isWhole(this) ? whole(this, () => platform.blob.call(this)) : wrapped(this).blob();
  },
  bytes() {
    return isWhole(this) ? whole(this, () => platform.bytes.call(this)) : wrapped(this).bytes();
  },
  text() {
    return isWhole(this) ? whole(this, () => platform.text.call(this)) : wrapped(this).text();
  },
  async json() {
    return JSON.parse(await this.text()) as unknown;
  },
  formData() {
    return wrapped(this).formData();
  },
  clone() {
    return wrapped(this).clone();
  },
};

const prototype: object = Object.create(platform, Object.getOwnPropertyDescriptors(overrides));

const platformsBody = (response: Response): Response['body'] => Reflect.get(platform, 'body', response);
const isUsed = (response: Response): boolean => Reflect.get(platform, 'bodyUsed', response);

/** True for what the platform reads by itself: a small body, or one that has been read, which it refuses. */
const isWhole = (response: WatchedResponse): boolean =>
  response[watch].wrapped === undefined && (response[watch].isSmall || isUsed(response));

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

function wrapped(response: WatchedResponse): Response {
  const { taps, wrapped: known } = response[watch];
  if (known !== undefined) return known;
  const body = platformsBody(response);
  const made = body === null ? response : withBody(response, new TappedBody(response, body, taps));
  response[watch].wrapped = made;
  return made;
}

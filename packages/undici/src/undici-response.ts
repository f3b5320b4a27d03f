import { takesTap } from '@bearings/client';
import type { Tap } from '@bearings/client';
import { BodyReader } from './body-reader.ts';
import type { ResponseHead } from './exchange.ts';
import { LazyHeaders } from './lazy-headers.ts';
import type { ByteSource } from './byte-source.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** What a response is made of. */
export interface UndiciResponseInit {
  readonly head: ResponseHead;
  readonly url: string;
  /** `null` where there can be no body. */
  readonly source: ByteSource | null;
}

/**
 * A response that makes what it is asked for: the platform's Headers and its stream, when somebody wants them.
 *
 * It is the platform's by `instanceof`; its constructor does not run.
 */
export class UndiciResponse implements Response {
  readonly status: number;
  readonly statusText: string;
  readonly ok: boolean;
  readonly headers: Headers;
  readonly url: string;
  readonly redirected: boolean = false;
  readonly type: Response['type'] = 'basic';
  readonly #parts: UndiciResponseInit;
  #reading: BodyReader | undefined;
  #stream: ReadableStream<Uint8Array> | undefined;

  static {
    Object.setPrototypeOf(this.prototype, Response.prototype);
    Object.defineProperty(this.prototype, takesTap, {
      value(this: UndiciResponse, tap: Tap) {
        if (this.#reading === undefined) tap.end?.();
        else this.#reading.hooks.add(tap);
      },
    });
  }

  constructor(parts: UndiciResponseInit) {
    const { head, source, url } = parts;
    const { status, statusText, headers } = head;
    this.status = status;
    this.statusText = statusText;
    this.ok = status >= 200 && status <= 299;
    this.headers = new LazyHeaders(headers);
    this.url = url;
    this.#parts = parts;
    this.#reading = source === null ? undefined : new BodyReader(source);
  }

  get body(): ReadableStream<Uint8Array> | null {
    const reading = this.#reading;
    if (reading === undefined || this.#stream !== undefined) return this.#stream ?? null;
    const isRead = reading.isUsed;
    this.#stream = this.#streamOf(reading);
    if (isRead) this.#stream.getReader(); // as `fetch` has it: the stream of a body that was read is locked
    return this.#stream;
  }

  get bodyUsed(): boolean {
    return this.#reading?.isUsed ?? false;
  }

  async text(): Promise<string> {
    return decoder.decode(concat(await this.#all()));
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  async bytes(): Promise<Bytes> {
    return new Uint8Array(concat(await this.#all())); // a copy: a piece may be a part of a larger memory
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  async blob(): Promise<Blob> {
    return new Response(await this.bytes(), { headers: this.headers }).blob();
  }

  async formData(): Promise<FormData> {
    return new Response(await this.bytes(), { headers: this.headers }).formData();
  }

  clone(): Response {
    const { body } = this;
    if (this.bodyUsed || body?.locked === true) throw new TypeError('Response.clone: Body has already been consumed.');
    if (body === null) return new UndiciResponse(this.#parts);
    const [mine, other] = body.tee();
    this.#reading = new BodyReader(fromStream(mine));
    this.#stream = undefined;
    return new UndiciResponse({ ...this.#parts, source: fromStream(other) });
  }

  async #all(): Promise<readonly Uint8Array[]> {
    if (this.#reading === undefined) return [];
    if (this.#reading.isUsed || this.#stream?.locked === true) {
      throw new TypeError('Body is unusable: Body has already been read');
    }
    this.#stream?.getReader();
    return this.#reading.readAll();
  }

  /** The body for whoever wants a stream. It holds the response: that is not forgotten while the stream is there. */
  #streamOf(reading: BodyReader): ReadableStream<Uint8Array> {
    return new ReadableStream(
      {
        type: 'bytes',
        pull: (controller) => this.#pull(reading, controller),
        cancel: (reason) => reading.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }

  async #pull(reading: BodyReader, controller: ReadableByteStreamController): Promise<void> {
    let piece = await reading.next();
    while (piece?.byteLength === 0) piece = await reading.next();
    if (piece !== undefined) return controller.enqueue(new Uint8Array(piece)); // a copy, which goes to whoever reads
    controller.close();
    controller.byobRequest?.respond(0);
  }
}

const decoder = new TextDecoder();

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array()] = pieces;
  return pieces.length > 1 ? Buffer.concat(pieces) : first;
}

/** One branch of a stream that was teed. */
function fromStream(stream: ReadableStream<Uint8Array>): ByteSource {
  const reader = stream.getReader();
  return {
    takeBuffered: () => undefined,
    read: () => reader.read(),
    cancel: (reason) => void ignoreFailure(reader.cancel(reason)),
  };
}

async function ignoreFailure(done: Promise<void>): Promise<void> {
  try {
    await done;
  } catch {
    // it has failed already
  }
}

import { bodyHooks, parseJson } from '@bearings/client/layer';
import { BodyReader } from './body-reader.ts';
import type { ResponseHead } from './exchange.ts';
import { createHeaders } from './lazy-headers.ts';
import type { ByteSource } from './byte-source.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** The parts of a response. */
export interface UndiciResponseInit {
  readonly head: ResponseHead;
  readonly url: string;
  /** `null` for a response without a body. */
  readonly source: ByteSource | null;
}

/**
 * A Response that creates the platform's Headers and stream only when they are used.
 *
 * `instanceof Response` is true; the platform's constructor does not run.
 */
export class UndiciResponse implements Response {
  readonly status: number;
  readonly statusText: string;
  readonly ok: boolean;
  readonly headers: Headers;
  readonly url: string;
  readonly redirected: boolean = false;
  readonly type: Response['type'] = 'basic';
  readonly #init: UndiciResponseInit;
  #reader: BodyReader | undefined;
  #stream: ReadableStream<Uint8Array> | undefined;

  static {
    Object.setPrototypeOf(this.prototype, Response.prototype);
    Object.defineProperty(this.prototype, bodyHooks, {
      get(this: UndiciResponse) {
        return this.#reader?.hooks;
      },
    });
  }

  constructor(init: UndiciResponseInit) {
    const { head, source, url } = init;
    const { status, statusText, headers } = head;
    this.status = status;
    this.statusText = statusText;
    this.ok = status >= 200 && status <= 299;
    this.headers = createHeaders(headers);
    this.url = url;
    this.#init = init;
    this.#reader = source === null ? undefined : new BodyReader(source);
  }

  get body(): ReadableStream<Uint8Array> | null {
    const reader = this.#reader;
    if (reader === undefined || this.#stream !== undefined) return this.#stream ?? null;
    const wasRead = reader.isUsed;
    this.#stream = this.#createStream(reader);
    if (wasRead) this.#stream.getReader(); // as with `fetch`, the stream of a body that was read is locked
    return this.#stream;
  }

  get bodyUsed(): boolean {
    return this.#reader?.isUsed ?? false;
  }

  async text(): Promise<string> {
    return decoder.decode(concat(await this.#all()));
  }

  async json(): Promise<unknown> {
    return parseJson(await this.text());
  }

  async bytes(): Promise<Bytes> {
    return new Uint8Array(concat(await this.#all())); // a copy: a chunk may be a part of a larger buffer
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
    if (body === null) return new UndiciResponse(this.#init);
    const [mine, other] = body.tee();
    this.#reader = new BodyReader(fromStream(mine));
    this.#stream = undefined;
    return new UndiciResponse({ ...this.#init, source: fromStream(other) });
  }

  async #all(): Promise<readonly Uint8Array[]> {
    if (this.#reader === undefined) return [];
    if (this.#reader.isUsed || this.#stream?.locked === true) {
      throw new TypeError('Body is unusable: Body has already been read');
    }
    this.#stream?.getReader();
    return this.#reader.readAll();
  }

  /** The stream refers to the response: while one is used, the other is not collected, and the connection is kept. */
  #createStream(reader: BodyReader): ReadableStream<Uint8Array> {
    return new ReadableStream(
      {
        type: 'bytes',
        pull: (controller) => this.#pull(reader, controller),
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }

  async #pull(reader: BodyReader, controller: ReadableByteStreamController): Promise<void> {
    let chunk = await reader.next();
    while (chunk?.byteLength === 0) chunk = await reader.next();
    if (chunk !== undefined) return controller.enqueue(new Uint8Array(chunk)); // a copy: the reader may transfer it
    controller.close();
    controller.byobRequest?.respond(0);
  }
}

const decoder = new TextDecoder();

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const [first = new Uint8Array()] = chunks;
  return chunks.length > 1 ? Buffer.concat(chunks) : first;
}

/** Reads one branch of a stream that was split by `tee`. */
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
    // the stream has failed already
  }
}

import { Readable, pipeline } from 'node:stream';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import type { ByteSource, ReadResult } from './byte-source.ts';
import type { Exchange, RawHeaders } from './exchange.ts';

/** Sent as `accept-encoding` unless the caller sets one. Node has zstd from 22.15. */
export const acceptedEncodings: string =
  typeof zlib.createZstdDecompress === 'function' ? 'gzip, deflate, br, zstd' : 'gzip, deflate, br';

/** Each encoding is one step of decompression. More of them are an attack; `fetch` has the same limit. */
const maxEncodings = 5;

/**
 * Decompresses a body according to `content-encoding`. A body with an unknown encoding stays as it is.
 *
 * A compressed body that ends too early fails, where `fetch` takes the part that arrived for the whole.
 *
 * @throws TransportError when the body has too many encodings
 */
export function decompress(exchange: Exchange, headers: RawHeaders): ByteSource {
  const header = headers['content-encoding'];
  if (header === undefined) return exchange;
  const encodings = String(header)
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  if (encodings.length > maxEncodings) {
    const failure = exchange.toError(Object.assign(new Error('too many content-encodings'), { code: 'ENCODINGS' }));
    exchange.cancel();
    throw failure;
  }
  return encodings.every(isSupported) ? new DecompressedBody(exchange, encodings.toReversed()) : exchange;
}

const isSupported = (encoding: string): boolean =>
  ['gzip', 'x-gzip', 'deflate', 'br'].includes(encoding) ||
  (encoding === 'zstd' && typeof zlib.createZstdDecompress === 'function');

class DecompressedBody implements ByteSource {
  readonly #exchange: Exchange;
  readonly #encodings: readonly string[];
  #chunks: AsyncIterator<Uint8Array> | undefined;
  #last: Transform | undefined;

  constructor(exchange: Exchange, encodings: readonly string[]) {
    this.#exchange = exchange;
    this.#encodings = encodings;
  }

  async read(): Promise<ReadResult> {
    try {
      if (this.#chunks === undefined) {
        const first = await this.#exchange.read();
        if (first.done) return first; // an empty body is not compressed, whatever its encoding
        this.#start(first.value);
      }
      const next = await this.#chunks?.next();
      this.#exchange.throwIfCancelled();
      return next === undefined || next.done === true
        ? { done: true, value: undefined }
        : { done: false, value: next.value };
    } catch (cause) {
      throw this.#exchange.toError(cause);
    }
  }

  takeBuffered(): undefined {
    // the size of the body is not known before it is decompressed
  }

  cancel(): void {
    this.#exchange.cancel();
    this.#last?.destroy();
  }

  #start(first: Uint8Array): void {
    const steps = this.#encodings.map((encoding, index) =>
      createDecompressor(encoding, index === 0 ? first : undefined),
    );
    const compressed = Readable.from(readChunks(first, this.#exchange), { objectMode: true });
    this.#last = steps.at(-1);
    this.#chunks = this.#last?.[Symbol.asyncIterator]();
    pipeline([compressed, ...steps], () => {}); // a failure reaches the reader of the last step
  }
}

async function* readChunks(first: Uint8Array, exchange: Exchange): AsyncGenerator<Uint8Array> {
  yield first;
  for (;;) {
    const { done, value } = await exchange.read();
    if (done) return;
    yield value;
  }
}

function createDecompressor(encoding: string, first: Uint8Array | undefined): Transform {
  if (encoding === 'br') return zlib.createBrotliDecompress();
  if (encoding === 'zstd') {
    // no larger window than 8 MiB (RFC 9659 section 3)
    return zlib.createZstdDecompress({ params: { [zlib.constants.ZSTD_d_windowLogMax]: 23 } });
  }
  if (encoding !== 'deflate') return zlib.createGunzip();
  // deflate is in the zlib format (RFC 9110 section 8.4.1.2); some servers omit its header
  const isZlib = first === undefined || ((first[0] ?? 8) & 0x0f) === 0x08;
  return isZlib ? zlib.createInflate() : zlib.createInflateRaw();
}

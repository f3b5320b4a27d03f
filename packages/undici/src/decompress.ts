import { Readable, pipeline } from 'node:stream';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import type { Exchange, RawHeaders } from './exchange.ts';
import type { ReadResult, ByteSource } from './byte-source.ts';

/** What is asked for when the caller asks for nothing. Node has zstd from 22.15 on. */
export const acceptedEncodings: string =
  typeof zlib.createZstdDecompress === 'function' ? 'gzip, deflate, br, zstd' : 'gzip, deflate, br';

/** Each one is a step; more of them are an attack (as `fetch` has it). */
const maxEncodings = 5;

/**
 * The body as it was before the server compressed it; as it is when it is not, or nobody here knows how.
 *
 * A compressed body that ends too early fails, where `fetch` would take what has come for the whole.
 *
 * @throws what the exchange says of a body with too many encodings
 */
export function decompress(exchange: Exchange, headers: RawHeaders): ByteSource {
  const stated = headers['content-encoding'];
  if (stated === undefined) return exchange;
  const encodings = String(stated)
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
  #pieces: AsyncIterator<Uint8Array> | undefined;
  #last: Transform | undefined;

  constructor(exchange: Exchange, encodings: readonly string[]) {
    this.#exchange = exchange;
    this.#encodings = encodings;
  }

  async read(): Promise<ReadResult> {
    try {
      if (this.#pieces === undefined) {
        const first = await this.#exchange.read();
        if (first.done) return first; // an empty body is none, whatever its encoding
        this.#begin(first.value);
      }
      const next = await this.#pieces?.next();
      return next === undefined || next.done === true
        ? { done: true, value: undefined }
        : { done: false, value: next.value };
    } catch (cause) {
      throw this.#exchange.toError(cause);
    }
  }

  takeBuffered(): undefined {
    // the length of what is not inflated yet is not known
  }

  cancel(): void {
    this.#exchange.cancel();
    this.#last?.destroy();
  }

  #begin(first: Uint8Array): void {
    const steps = this.#encodings.map((encoding, place) =>
      createDecompressor(encoding, place === 0 ? first : undefined),
    );
    const rest = Readable.from(chunks(first, this.#exchange), { objectMode: true });
    this.#last = steps.at(-1);
    this.#pieces = this.#last?.[Symbol.asyncIterator]();
    pipeline([rest, ...steps], () => {}); // whoever reads is told of a failure
  }
}

async function* chunks(first: Uint8Array, exchange: Exchange): AsyncGenerator<Uint8Array> {
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
  // deflate is in the zlib format (RFC 9110 section 8.4.1.2); some servers leave that away
  const isZlib = first === undefined || ((first[0] ?? 8) & 0x0f) === 0x08;
  return isZlib ? zlib.createInflate() : zlib.createInflateRaw();
}

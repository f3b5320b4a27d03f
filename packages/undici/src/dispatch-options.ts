import type { BodySource, Call } from '@bearings/client';
import { Readable } from 'node:stream';
import { FormData as UndiciForm } from 'undici';
import type { Dispatcher } from 'undici';
import { acceptedEncodings } from './decompress.ts';

type Body = NonNullable<Dispatcher.DispatchOptions['body']>;

/** The request as undici takes it: with the stages' headers, and with a body that can be made anew made anew. */
export function toDispatchOptions(request: Request, call: Call): Dispatcher.DispatchOptions {
  const { url, method } = request;
  const [place = url] = url.split('#', 1);
  const pathAt = place.indexOf('/', place.indexOf('//') + 2);
  const payload = toBody(request, call);
  return {
    origin: place.slice(0, pathAt),
    path: place.slice(pathAt),
    method,
    headers: toHeaderList(request, call, payload),
    body: payload.body ?? null,
    headersTimeout: 0, // the stages have clocks
    bodyTimeout: 0,
  };
}

interface OutgoingBody {
  readonly body?: Body;
  /** Where it is known here, and undici cannot know it. */
  readonly length?: number;
  /** True for a form: its boundary is undici's to name. */
  readonly isForm?: boolean;
}

/** As a flat list, which undici takes as it is. */
function toHeaderList(request: Request, call: Call, { length, isForm = false }: OutgoingBody): string[] {
  const list: string[] = [];
  let accepts = false;
  let encoded = false;
  call.forEachHeader(request, (name, value) => {
    if (name === 'host' || (isForm && name === 'content-type')) return;
    if (length !== undefined && name === 'content-length') return;
    accepts ||= name === 'accept';
    // a part of a compressed body could not be read (Fetch standard, HTTP-network-or-cache fetch, step 8.20)
    encoded ||= name === 'accept-encoding' || name === 'range';
    list.push(name, value);
  });
  if (!accepts) list.push('accept', '*/*');
  if (!encoded) list.push('accept-encoding', acceptedEncodings);
  if (length !== undefined) list.push('content-length', String(length));
  return list;
}

function toBody(request: Request, { source }: Call): OutgoingBody {
  if (source === undefined) return request.body === null ? {} : { body: toReadable(request.body) };
  if (request.method === 'GET' || request.method === 'HEAD') return {}; // a redirect has made it one
  if (typeof source === 'string') return { body: source };
  if (source instanceof URLSearchParams) return { body: source.toString() };
  if (source instanceof FormData) return { body: toUndiciForm(source), isForm: true };
  if (source instanceof Blob) return { body: toReadable(source.stream()), length: source.size };
  return { body: toBytes(source) };
}

function toBytes(source: BodySource): Uint8Array {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  throw new TypeError('A body must be a text, bytes, a form, a Blob or a stream');
}

/** undici takes forms of its own only. */
function toUndiciForm(source: FormData): UndiciForm {
  const form = new UndiciForm();
  for (const [name, value] of source) form.append(name, value);
  return form;
}

/** The stream, pulled as the connection takes it, and cancelled when it takes no more. */
function toReadable(stream: ReadableStream<unknown>): Readable {
  const reader = stream.getReader();
  return new Readable({
    highWaterMark: 0,
    async read() {
      try {
        const { done, value } = await reader.read();
        if (done) this.push(null);
        else if (value instanceof Uint8Array) this.push(value);
        else throw new TypeError('A body that is a stream must be one of Uint8Arrays');
      } catch (cause) {
        this.destroy(cause instanceof Error ? cause : new Error('The body failed', { cause }));
      }
    },
    async destroy(cause, done) {
      try {
        await reader.cancel(cause);
      } catch {
        // it has failed already
      }
      done(cause);
    },
  });
}

import type { Call, ClientRequest, ReplayableBody, RequestBody } from '@bearings/client/layer';
import { Readable } from 'node:stream';
import { FormData as UndiciForm } from 'undici';
import type { Dispatcher } from 'undici';
import { acceptedEncodings } from './decompress.ts';

type Body = NonNullable<Dispatcher.DispatchOptions['body']>;

/** Converts a request for undici: with the headers of the stages, and with a new body where it can be created again. */
export function toDispatchOptions(request: ClientRequest, call: Call): Dispatcher.DispatchOptions {
  const { url, method } = request;
  const [target = url] = url.split('#', 1);
  const pathAt = target.indexOf('/', target.indexOf('//') + 2);
  const body = toBody(request.body);
  return {
    origin: target.slice(0, pathAt),
    path: target.slice(pathAt),
    method,
    headers: toHeaderList(request, call, body),
    body: body.body ?? null,
    headersTimeout: 0, // the client's stages limit the time
    bodyTimeout: 0,
  };
}

interface OutgoingBody {
  readonly body?: Body;
  /** Set when undici cannot find the length by itself. */
  readonly length?: number;
  /** True for a form: undici chooses its boundary, and so its content-type. */
  readonly isForm?: boolean;
}

/** A flat list of names and values, the form that undici reads fastest. */
function toHeaderList(request: ClientRequest, call: Call, { length, isForm = false }: OutgoingBody): string[] {
  const list: string[] = [];
  let hasAccept = false;
  let hasEncoding = false;
  call.headers.forEach(request, (name, value) => {
    if (name === 'host' || (isForm && name === 'content-type')) return;
    if (length !== undefined && name === 'content-length') return;
    hasAccept ||= name === 'accept';
    // a range of a compressed body could not be decompressed (Fetch standard, HTTP-network-or-cache fetch, step 8.20)
    hasEncoding ||= name === 'accept-encoding' || name === 'range';
    list.push(name, value);
  });
  if (!hasAccept) list.push('accept', '*/*');
  if (!hasEncoding) list.push('accept-encoding', acceptedEncodings);
  if (length !== undefined) list.push('content-length', String(length));
  return list;
}

function toBody(body: RequestBody | undefined): OutgoingBody {
  if (body === undefined) return {};
  if (typeof body === 'string') return { body };
  if (body instanceof ReadableStream) return { body: toReadable(body) };
  if (body instanceof URLSearchParams) return { body: body.toString() };
  if (body instanceof FormData) return { body: toUndiciForm(body), isForm: true };
  if (body instanceof Blob) return { body: toReadable(body.stream()), length: body.size };
  return { body: toBytes(body) };
}

function toBytes(source: ReplayableBody): Uint8Array {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  throw new TypeError('A body must be a text, bytes, a form, a Blob or a stream');
}

/** undici accepts its own FormData only. */
function toUndiciForm(source: FormData): UndiciForm {
  const form = new UndiciForm();
  for (const [name, value] of source) form.append(name, value);
  return form;
}

/** Reads the stream as fast as the connection sends it, and cancels it when the request ends early. */
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
        // the stream has failed already
      }
      done(cause);
    },
  });
}

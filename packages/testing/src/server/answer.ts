import { Readable } from 'node:stream';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { createGunzip } from 'node:zlib';

/** `Uint8Array<ArrayBuffer>`, in a form that the declarations of TypeScript before 5.7 know. */
type Bytes = ReturnType<InstanceType<typeof TextEncoder>['encode']>;

/** The response of a fake server, before it is sent. A fault is a function that changes it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Bytes;
  /** Delay before it is sent, in milliseconds. */
  readonly delayMs?: number;
  /** It is sent after this promise resolves. */
  readonly heldUntil?: Promise<void>;
  /** Why nothing is sent: there is no connection, or it is closed before the response. */
  readonly lost?: 'ECONNREFUSED' | 'ECONNRESET';
  /** Runs when it is sent, or would be sent. */
  readonly onSent?: () => void;
  /** A fault of the connection that sends it. */
  readonly connectionFault?: ConnectionFault;
}

/** A fault of a connection. */
export type ConnectionFault =
  | { readonly kind: 'reset'; readonly afterBytes: number }
  | { readonly kind: 'truncate'; readonly keepBytes: number }
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number };

/** Creates an answer with a JSON body. */
export function jsonAnswer(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return textAnswer(JSON.stringify(value), status, { 'content-type': 'application/json', ...headers });
}

/** Creates an answer with a text body. */
export function textAnswer(text: string, status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: new Headers(headers), body: new TextEncoder().encode(text) };
}

/** Converts a `Response`. */
export async function toAnswer(response: Response): Promise<Answer> {
  const body = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: new Headers(response.headers), body };
}

/** Copies an answer and sets headers; `undefined` removes a header. */
export function withHeaders(answer: Answer, changes: Readonly<Record<string, string | undefined>>): Answer {
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) headers.delete(name);
    else headers.set(name, value);
  }
  return { ...answer, headers };
}

/** Copies an answer and replaces the body. */
export function withBody(answer: Answer, body: Bytes | string): Answer {
  return { ...answer, body: typeof body === 'string' ? new TextEncoder().encode(body) : body };
}

/**
 * Converts to the result of `fetch`: a gzip body is decompressed as a stream.
 *
 * @throws TypeError as `fetch` does, if there is no connection
 */
export function toFetchResponse(answer: Answer, method = 'GET'): Response {
  const { status, headers, body, lost } = answer;
  if (lost !== undefined) throw new TypeError('fetch failed', { cause: lostConnection(lost) });
  if (headers.get('content-encoding') !== 'gzip' || method === 'HEAD') return toResponse(answer, method);
  return new Response(decompress(body), { status, headers });
}

function lostConnection(code: string): Error {
  return Object.assign(new Error(code === 'ECONNRESET' ? 'socket hang up' : 'connect'), { code });
}

const bodilessStatuses = new Set([101, 204, 205, 304]);

/** Converts to a `Response` without decompressing the body. The response to HEAD has none (RFC 9110 §9.3.2). */
export function toResponse({ status, headers, body, connectionFault }: Answer, method = 'GET'): Response {
  if (connectionFault !== undefined) throw new TypeError(needsSocketMessage(connectionFault.kind));
  const isBodiless = method === 'HEAD' || bodilessStatuses.has(status);
  return new Response(isBodiless ? null : body, { status, headers });
}

function decompress(body: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  const gunzip = Readable.from([Buffer.from(body)]).pipe(createGunzip());
  const stream: NodeStream<Uint8Array<ArrayBuffer>> = Readable.toWeb(gunzip);
  return stream;
}

/** The message for a connection fault without a connection. */
export function needsSocketMessage(fault: string): string {
  return `The fault '${fault}' needs a connection: call listen() first and pass the new origin to the client`;
}

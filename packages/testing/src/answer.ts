import { Readable } from 'node:stream';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { createGunzip } from 'node:zlib';

/** What a fake server is about to say, as a value: a fault is a function that changes it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  /** How long it is held back, in milliseconds. */
  readonly delayMs?: number;
  /** Until when it is held back. */
  readonly heldUntil?: Promise<void>;
  /** True when it never arrives, because there is no connection. */
  readonly isLost?: boolean;
  /** What happens to it on its way through a socket. */
  readonly wire?: Wire;
}

/** What can happen to bytes on a connection. */
export type Wire =
  | { readonly kind: 'reset'; readonly afterBytes: number }
  | { readonly kind: 'truncate'; readonly keepBytes: number }
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number };

/** An answer with a JSON body. */
export function jsonAnswer(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return textAnswer(JSON.stringify(value), status, { 'content-type': 'application/json', ...headers });
}

/** An answer with a body of text. */
export function textAnswer(text: string, status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: new Headers(headers), body: new TextEncoder().encode(text) };
}

/** The answer that a `Response` is. */
export async function answerOf(response: Response): Promise<Answer> {
  const body = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: new Headers(response.headers), body };
}

/** An answer with other headers. */
export function withHeaders(answer: Answer, changes: Readonly<Record<string, string | undefined>>): Answer {
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) headers.delete(name);
    else headers.set(name, value);
  }
  return { ...answer, headers };
}

/** An answer with another body. */
export function withBody(answer: Answer, body: Uint8Array<ArrayBuffer> | string): Answer {
  return { ...answer, body: typeof body === 'string' ? new TextEncoder().encode(body) : body };
}

/**
 * The answer as `fetch` gives it: a compressed body comes inflated, bit by bit.
 *
 * @throws TypeError as `fetch` does, when the answer never arrives
 */
export function fetched(answer: Answer): Response {
  const { status, headers, body, isLost = false } = answer;
  if (isLost) {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) });
  }
  if (headers.get('content-encoding') !== 'gzip') return responseOf(answer);
  return new Response(inflated(body), { status, headers });
}

const bodiless = new Set([101, 204, 205, 304]);

/** The answer with its body as it was sent. */
export function responseOf({ status, headers, body, wire }: Answer): Response {
  if (wire !== undefined) throw new TypeError(needsSocket(wire.kind));
  return new Response(bodiless.has(status) ? null : body, { status, headers });
}

function inflated(body: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  const gunzip = Readable.from([Buffer.from(body)]).pipe(createGunzip());
  const stream: NodeStream<Uint8Array<ArrayBuffer>> = Readable.toWeb(gunzip);
  return stream;
}

/** What is said to those who ask for a fault on the wire where there is none. */
export function needsSocket(fault: string): string {
  return `The fault '${fault}' happens on a connection: call listen() first, and give the client the address it listens on`;
}

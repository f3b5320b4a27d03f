/** One answer of a scripted network. */
export type Answer = (request: Request, signal: AbortSignal) => Response | Promise<Response>;

/** What the network was sent. */
interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
  readonly init: RequestInit;
}

export type ScriptedFetch = typeof globalThis.fetch & { readonly sent: readonly Sent[] };

/** A network that answers from a script, line by line, and remembers what it was sent. Past the end it fails. */
export function scriptedFetch(...script: readonly Answer[]): ScriptedFetch {
  const sent: Sent[] = [];
  const fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const request = new Request(input, init);
    const answer = script[sent.length];
    const { url, method, headers } = request;
    const line = { url, method, headers, body: '', init };
    sent.push(line);
    line.body = Buffer.from(await request.arrayBuffer()).toString('latin1');
    if (answer === undefined) throw new Error(`The script has ${script.length} lines, and this is one more`);
    return answer(request, init?.signal ?? request.signal);
  };
  return Object.assign(fetch, { sent });
}

/** The same answer, so many times. */
export function times(count: number, answer: Answer): readonly Answer[] {
  return Array.from({ length: count }, () => answer);
}

/** A response with a status, and perhaps headers and a body. */
export function status(code: number, headers: Record<string, string> = {}, body: string | null = null): Answer {
  return () => new Response(body, { status: code, headers });
}

export const ok: Answer = status(200, {}, 'ok');

export function redirectTo(location: string, code = 302): Answer {
  return status(code, { location });
}

/** The failure of a connection, as `fetch` reports it. */
export function broken(code: string): Answer {
  return () => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error(`connection: ${code}`), { code }) });
  };
}

/** No answer, until the request is aborted. */
export const silent: Answer = (_request, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

/** A body in pieces, whose length is not stated. */
export function chunked(...pieces: readonly string[]): Answer {
  return () => {
    const bytes = pieces.map((piece) => new TextEncoder().encode(piece));
    return new Response(ReadableStream.from(bytes) as ReadableStream<Uint8Array<ArrayBuffer>>);
  };
}

/** A body whose first chunk comes, and then nothing. */
export const stuck: Answer = () =>
  new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('beginning')),
    }),
  );

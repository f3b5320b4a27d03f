/** Reads the next piece of a body. */
export type Read = ReadableStreamDefaultReader<Uint8Array>['read'];

/** What a stage does with each read of a body, and once when it has ended, failed or been cancelled. */
export interface Tap {
  readonly read?: (read: Read) => ReturnType<Read>;
  readonly end?: () => void;
}

/**
 * The same response, its body read through `tap`.
 *
 * Nothing is read before the caller reads, and nothing is buffered.
 */
export function tapBody(response: Response, { read = (next) => next(), end = () => {} }: Tap): Response {
  if (response.body === null) {
    end();
    return response;
  }
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const next: Read = () => reader.read();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await read(next);
          if (!done) return controller.enqueue(value);
          end();
          return controller.close();
        } catch (cause) {
          end();
          controller.error(cause);
          await cancelQuietly(reader, cause);
        }
      },
      async cancel(reason) {
        end();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return withBody(response, body);
}

/** A Response cannot be given another body; a new one can be given everything else of the old. */
function withBody(response: Response, body: ReadableStream<Uint8Array>): Response {
  const { status, statusText, headers, url, redirected, type } = response;
  return describe(new Response(body, { status, statusText, headers }), { url, redirected, type });
}

/** Gives a response, and every clone of it (ky's hooks get clones), what only the platform's `fetch` can set. */
export function describe(response: Response, facts: Pick<Response, 'url' | 'redirected' | 'type'>): Response {
  const clone = response.clone.bind(response);
  return Object.defineProperties(response, {
    url: { value: facts.url, configurable: true },
    redirected: { value: facts.redirected, configurable: true },
    type: { value: facts.type, configurable: true },
    clone: { value: () => describe(clone(), facts), configurable: true },
  });
}

/** As much of a discarded body as is read to keep its connection. Beyond it a new connection is cheaper. */
const drainLimitBytes = 64 * 1024;

/** Gets rid of a response nobody will read: what is short is read, so that its connection can be used again. */
export async function discard(response: Response): Promise<void> {
  if (response.body === null || response.bodyUsed || response.body.locked) return;
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  try {
    for (let seen = 0; seen <= drainLimitBytes;) {
      const { done, value } = await reader.read();
      if (done) return;
      seen += value.byteLength;
    }
  } catch {
    return;
  }
  await cancelQuietly(reader, undefined);
}

/** A body that is given up has nobody left to tell of its failure. */
async function cancelQuietly(reader: ReadableStreamDefaultReader<Uint8Array>, reason: unknown): Promise<void> {
  try {
    await reader.cancel(reason);
  } catch {
    // given up already
  }
}

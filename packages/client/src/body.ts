import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';

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
 * Nothing is read before the caller reads, and nothing is buffered. However many stages tap a body, it is wrapped
 * once; the tap that came last is the outermost.
 */
export function tapBody(response: Response, tap: Tap): Response {
  if (response.body === null) {
    tap.end?.();
    return response;
  }
  if (response.body instanceof TappedBody && !response.body.locked) {
    response.body.add(tap);
    return response;
  }
  return withBody(response, new TappedBody(response, response.body, tap));
}

/**
 * The body of a response, read through taps.
 *
 * It takes hold of the body at the first read, and of the response until then: a response that nobody reads is found
 * by the platform's garbage collection, which gives its connection back, as long as the body is not held.
 */
class TappedBody extends ReadableStream<Uint8Array> {
  readonly #taps: Tap[];

  constructor(response: Response, body: ReadableStream<Uint8Array>, first: Tap) {
    const taps = [first];
    const end = (): void => taps.forEach((tap) => tap.end?.());
    let held: Response | undefined = response;
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    let read: Read | undefined; // joined at the first read: by then every stage has had the response
    const hold = (): Read => {
      const holder = body.getReader();
      reader = holder;
      held = undefined;
      return taps.reduce<Read>(
        (next, tap) => (tap.read === undefined ? next : tapped(tap.read, next)),
        () => holder.read(),
      );
    };
    super(
      {
        async pull(controller) {
          try {
            read ??= hold();
            const { done, value } = await read();
            if (!done) return controller.enqueue(value);
            end();
            return controller.close();
          } catch (cause) {
            end();
            controller.error(cause);
            if (reader !== undefined) await cancelQuietly(reader, cause);
          }
        },
        async cancel(reason) {
          end();
          await (reader ?? held?.body)?.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
    this.#taps = taps;
  }

  add(tap: Tap): void {
    this.#taps.push(tap);
  }
}

const tapped =
  (read: NonNullable<Tap['read']>, next: Read): Read =>
  () =>
    read(next);

/** A Response cannot be given another body; a new one can be given everything else of the old. */
function withBody(response: Response, body: ReadableStream<Uint8Array>): Response {
  const { status, statusText, headers, url, redirected, type } = response;
  // a server may send a status that a Response cannot be made with, and `fetch` gives it on
  const isUsual = status >= 200 && status <= 599;
  const made = new Response(body, { status: isUsual ? status : 599, statusText, headers });
  const same = isUsual ? made : Object.defineProperty(made, 'status', { value: status, configurable: true });
  return describe(same, { url, redirected, type });
}

/** Gives a response, and every clone of it (ky's hooks get clones), what only the platform's `fetch` can set. */
export function describe(response: Response, facts: Pick<Response, 'url' | 'redirected' | 'type'>): Response {
  const { status } = response;
  const clone = (): Response => {
    const made = Response.prototype.clone.call(response);
    const same = made.status === status ? made : Object.defineProperty(made, 'status', { value: status });
    return describe(same, facts);
  };
  return Object.defineProperties(response, {
    url: { value: facts.url, configurable: true },
    redirected: { value: facts.redirected, configurable: true },
    type: { value: facts.type, configurable: true },
    clone: { value: clone, configurable: true },
  });
}

/** As much of a discarded body as is read to keep its connection, and for as long. Beyond it a new one is cheaper. */
const drainLimitBytes = 64 * 1024;
const drainLimitMs = 1_000;

/**
 * Gets rid of a response nobody will read: what is short is read, so that its connection can be used again; what is
 * long, or slow, is cancelled, which closes the connection. Never rejects, so nobody needs to wait for it.
 */
export async function discard(response: Response, clock: Clock = systemClock): Promise<void> {
  const { body, bodyUsed, headers } = response;
  if (body === null || bodyUsed || body.locked) return;
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
  if (Number(headers.get('content-length')) > drainLimitBytes) return cancelQuietly(reader);
  const cancel = clock.schedule(drainLimitMs, () => void cancelQuietly(reader), { background: true });
  try {
    for (let seen = 0; seen <= drainLimitBytes;) {
      const { done, value } = await reader.read();
      if (done) return;
      seen += value.byteLength;
    }
  } catch {
    return;
  } finally {
    cancel();
  }
  await cancelQuietly(reader);
}

/** Gives up a body, which has nobody left to tell of its failure. */
export async function cancelQuietly(
  body: Pick<ReadableStreamDefaultReader, 'cancel'>,
  reason?: unknown,
): Promise<void> {
  try {
    await body.cancel(reason);
  } catch {
    // given up already
  }
}

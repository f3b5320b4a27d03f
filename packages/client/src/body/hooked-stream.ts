import { cancelQuietly } from './discard.ts';
import type { Read, BodyHooks } from './body-hooks.ts';

/**
 * The body of a response, read through taps.
 *
 * It takes hold of the body at the first read, and of the response until then: a response that nobody reads is found
 * by the platform's garbage collection, which gives its connection back, as long as the body is not held.
 */
export class TappedBody extends ReadableStream<Uint8Array> {
  readonly taps: BodyHooks;

  constructor(response: Response, body: ReadableStream<Uint8Array>, taps: BodyHooks) {
    let held: Response | undefined = response;
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    let read: Read | undefined;
    const hold = (): Read => {
      const holder = body.getReader();
      reader = holder;
      held = undefined;
      return taps.through(() => holder.read());
    };
    super(
      {
        async pull(controller) {
          try {
            read ??= hold();
            const { done, value } = await read();
            if (!done) return controller.enqueue(value);
            taps.end();
            return controller.close();
          } catch (cause) {
            taps.end();
            controller.error(cause);
            if (reader !== undefined) await cancelQuietly(reader, cause);
          }
        },
        async cancel(reason) {
          taps.end();
          await (reader ?? (held === undefined ? undefined : body))?.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
    this.taps = taps;
  }
}

/** The response with another body in place of its own: a Response cannot be given one, so it is a new Response. */
export function withBody(response: Response, body: ReadableStream<Uint8Array>): Response {
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
  const cloned = response.clone.bind(response);
  const clone = (): Response => {
    const made = cloned();
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

import { cancelQuietly } from './discard.ts';
import { parseJson } from './parse-json.ts';
import type { Read, BodyHooks } from './body-hooks.ts';

/**
 * The body of a response, read through hooks.
 *
 * It locks the body at the first read, and holds the response until then: the platform frees the connection of a
 * response that is collected unread, as long as its body is not locked.
 */
export class HookedStream extends ReadableStream<Uint8Array> {
  readonly hooks: BodyHooks;

  constructor(response: Response, body: ReadableStream<Uint8Array>, hooks: BodyHooks) {
    let held: Response | undefined = response;
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    let read: Read | undefined;
    const lock = (): Read => {
      const locked = body.getReader();
      reader = locked;
      held = undefined;
      return hooks.through(() => locked.read());
    };
    super(
      {
        async pull(controller) {
          try {
            read ??= lock();
            const { done, value } = await read();
            if (!done) return controller.enqueue(value);
            hooks.end();
            return controller.close();
          } catch (cause) {
            hooks.end();
            controller.error(cause);
            if (reader !== undefined) await cancelQuietly(reader, cause);
          }
        },
        async cancel(reason) {
          hooks.end();
          await (reader ?? (held === undefined ? undefined : body))?.cancel(reason);
        },
      },
      { highWaterMark: 0 },
    );
    this.hooks = hooks;
  }
}

/** A reason phrase that the constructor of a Response takes (RFC 9112 §4). */
const usualPhrase = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * A new Response with another body: that of a Response cannot be replaced. A server may send a status or a reason phrase that
 * the constructor refuses, and `fetch` returns it: the new Response has it too.
 */
export function withBody(response: Response, body: ConstructorParameters<typeof Response>[0]): Response {
  const { status, statusText, headers, url, redirected, type } = response;
  const made = new Response(body, {
    status: status >= 200 && status <= 599 ? status : 599,
    statusText: usualPhrase.test(statusText) ? statusText : '',
    headers,
  });
  return withFinalUrl(withStatus(made, response), { url, redirected, type });
}

function withStatus(made: Response, { status, statusText }: Pick<Response, 'status' | 'statusText'>): Response {
  if (made.status !== status) Object.defineProperty(made, 'status', { value: status, configurable: true });
  if (made.statusText !== statusText)
    Object.defineProperty(made, 'statusText', { value: statusText, configurable: true });
  return made;
}

/**
 * Sets what only the platform's `fetch` can set, on a response and its clones: ky's hooks get clones. Their `json()` does
 * not quote the body in its error.
 */
export function withFinalUrl(response: Response, facts: Pick<Response, 'url' | 'redirected' | 'type'>): Response {
  const { status, statusText } = response;
  const cloned = response.clone.bind(response);
  const clone = (): Response => withFinalUrl(withStatus(cloned(), { status, statusText }), facts);
  return Object.defineProperties(response, {
    url: { value: facts.url, configurable: true },
    redirected: { value: facts.redirected, configurable: true },
    type: { value: facts.type, configurable: true },
    clone: { value: clone, configurable: true },
    json: { value: async () => parseJson(await response.text()), configurable: true, writable: true },
  });
}

import { bodyHooks, BodyHooks } from './body-hooks.ts';
import type { BodyHook, HasBodyHooks } from './body-hooks.ts';
import { TappedBody, withBody } from './hooked-stream.ts';
import { watched } from './hooked-response.ts';

/**
 * The same response, its body read through `tap`.
 *
 * Nothing is read before the caller reads, and nothing is buffered. However many stages tap a body, it is wrapped
 * once; the tap that came last is the outermost.
 */
export function addBodyHook(response: Response, tap: BodyHook): Response {
  if (isTappable(response)) {
    response[bodyHooks](tap);
    return response;
  }
  const { body } = response;
  if (body === null) {
    tap.end?.();
    return response;
  }
  if (body instanceof TappedBody && !body.locked) {
    body.taps.add(tap);
    return response;
  }
  return wrapped(response, body, tap);
}

const isTappable = (response: Response): response is Response & HasBodyHooks => bodyHooks in response;

function wrapped(response: Response, body: ReadableStream<Uint8Array>, tap: BodyHook): Response {
  const known = watched(response);
  if (known !== undefined) {
    known[bodyHooks](tap);
    return known;
  }
  const taps = new BodyHooks();
  taps.add(tap);
  return withBody(response, new TappedBody(response, body, taps));
}

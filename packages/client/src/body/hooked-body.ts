import { bodyHooks, BodyHooks } from './body-hooks.ts';
import type { BodyHook, HasBodyHooks } from './body-hooks.ts';
import { HookedStream, withBody } from './hooked-stream.ts';
import { hookResponse } from './hooked-response.ts';

/**
 * Adds a hook to the body of a response: the result is to be passed on in its place.
 *
 * Nothing is read before the caller reads, and nothing is buffered. A body is wrapped once, however many hooks it has;
 * the last one is the outermost.
 */
export function addBodyHook(response: Response & Partial<HasBodyHooks>, hook: BodyHook): Response {
  const hooks = response[bodyHooks];
  if (hooks !== undefined) {
    hooks.add(hook);
    return response;
  }
  const { body } = response;
  if (body === null) {
    hook.end?.();
    return response;
  }
  if (body instanceof HookedStream && !body.locked) {
    body.hooks.add(hook);
    return response;
  }
  return wrap(response, body, hook);
}

function wrap(response: Response, body: ReadableStream<Uint8Array>, hook: BodyHook): Response {
  const hooked = hookResponse(response);
  if (hooked !== undefined) {
    hooked[bodyHooks].add(hook);
    return hooked;
  }
  const hooks = new BodyHooks();
  hooks.add(hook);
  return withBody(response, new HookedStream(response, body, hooks));
}

import { describe, discard } from '../body.ts';
import type { Call } from '../call.ts';
import { RedirectBlockedError } from '../errors.ts';
import { isSecure, originOf } from '../origin.ts';
import type { Stage } from '../stage.ts';

/** Where a response may send a call. */
export interface RedirectOptions {
  /** How many hops are followed. Default: 10; 0 hands every redirect to the caller as the response it is. */
  readonly limit?: number;
  /** Origins that may be gone to besides the call's own. Credentials do not go along. Default: none. */
  readonly origins?: readonly string[];
}

/** Headers of the caller's that are for the origin they were sent to. Those of stages are known to the call. */
const credentialHeaders = ['authorization', 'cookie', 'proxy-authorization', 'dpop', 'x-api-key'];
const bodyHeaders = ['content-encoding', 'content-language', 'content-length', 'content-location', 'content-type'];

/**
 * Follows redirects itself, hop by hop, so that every hop meets the guard and no credential travels.
 *
 * `redirect: 'manual'` and `'error'` of a request mean what they mean to `fetch`.
 *
 * @throws RedirectBlockedError when a hop would leave the origin, downgrade to http, go on for ever, or need a body
 * that was a stream
 */
export function redirect({ limit = 10, origins = [] }: RedirectOptions): Stage {
  return (next) => async (request, call) => {
    if (limit === 0 || request.redirect === 'manual') return next(request, call);
    let current = request;
    for (let hops = 0; ; hops += 1) {
      const response = await next(current, call);
      const location = isRedirect(response) ? response.headers.get('location') : null;
      if (location === null) return hops === 0 ? response : arrived(response, current.url);
      const blocked = (reason: string): RedirectBlockedError =>
        new RedirectBlockedError(originOf(current.url), response.status, reason);
      void discard(response); // never rejects, and nobody waits for it
      if (request.redirect === 'error') throw blocked('the request says redirect: "error"');
      if (hops === limit) throw blocked(`more than ${limit} hops`);
      const target = targetOf(location, current, blocked);
      if (target.origin !== originOf(request.url) && !origins.includes(target.origin)) {
        throw blocked(`it leads to ${target.origin}, another origin`);
      }
      current = hop(target, { from: current, status: response.status, call }, blocked);
    }
  };
}

const isRedirect = ({ status }: Response): boolean => [301, 302, 303, 307, 308].includes(status);

/** `fetch` says of a response that has been redirected that it was, and where it came from in the end. */
function arrived(response: Response, url: string): Response {
  return describe(response, { url, redirected: true, type: response.type });
}

type Blocked = (reason: string) => RedirectBlockedError;

function targetOf(location: string, from: Request, blocked: Blocked): URL {
  const target = URL.parse(location, from.url);
  if (target === null) throw blocked('its location is no URL');
  if (target.username !== '' || target.password !== '') throw blocked('its location carries user and password');
  if (from.url.startsWith('https:') && !isSecure(target)) throw blocked(`it leads from https to ${target.protocol}`);
  return target;
}

function hop(
  target: URL,
  { from, status, call }: { from: Request; status: number; call: Call },
  blocked: Blocked,
): Request {
  const becomesGet = (status === 303 && from.method !== 'HEAD') || (status <= 302 && from.method === 'POST');
  const hasBody = from.body !== null && !becomesGet;
  if (hasBody && !call.repeatable) throw blocked('its body was a stream and cannot be sent again');
  const headers = new Headers(from.headers);
  if (becomesGet) for (const name of bodyHeaders) headers.delete(name);
  if (target.origin !== originOf(from.url)) {
    for (const name of credentialHeaders) headers.delete(name);
    call.dropCredentials(credentialHeaders);
  }
  return new Request(target, {
    method: becomesGet ? 'GET' : from.method,
    headers,
    signal: from.signal,
    ...(hasBody && { body: call.source ?? from.clone().body, duplex: 'half' as const }),
  });
}

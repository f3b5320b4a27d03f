import { discard } from '../body/discard.ts';
import { describe } from '../body/hooked-stream.ts';
import type { Call } from '../core/call.ts';
import { credentialHeaders } from '../security/credential-headers.ts';
import { RedirectBlockedError } from '../errors/index.ts';
import { redirectedStream } from '../errors/not-replayable.ts';
import { isSecure, parseOrigin } from '../security/url.ts';
import type { Stage } from '../core/stage.ts';

/** Where a response may send a call. */
export interface RedirectOptions {
  /** How many hops are followed. Default: 10; 0 hands every redirect to the caller as the response it is. */
  readonly limit?: number | undefined;
  /**
   * Origins that may be gone to besides the call's own, or `any`. Credentials do not go along, nor come back when a
   * chain returns. Default: none.
   */
  readonly origins?: readonly string[] | 'any' | undefined;
  /** What a redirect that is not followed comes to: `REDIRECT_BLOCKED`, or the 3xx. Default: `error`. */
  readonly blocked?: 'error' | 'response' | undefined;
}

/** Redirect options, each with its value. */
export interface Redirects {
  readonly limit: number;
  readonly origins: readonly string[] | 'any';
  readonly blocked: 'error' | 'response';
}

const bodyHeaders = ['content-encoding', 'content-language', 'content-length', 'content-location', 'content-type'];

/**
 * Follows redirects itself, hop by hop, so that every hop meets the guard and no credential travels.
 *
 * `redirect: 'manual'` and `'error'` of a request mean what they mean to `fetch`.
 *
 * @throws RedirectBlockedError when a hop would leave the origin, downgrade to http, go on for ever, or come after a body
 * that was a stream
 */
export function redirect({ limit, origins, blocked }: Redirects): Stage {
  return (next, { clock }) => {
    /** Kept apart, because almost no answer is a redirect. */
    async function follow(first: Response, request: Request, call: Call): Promise<Response> {
      const home = parseOrigin(request.url);
      const mayGoTo = ({ origin }: URL): boolean => origin === home || origins === 'any' || origins.includes(origin);
      let current = request;
      let response = first;
      for (let hops = 0; ; hops += 1) {
        const location = isRedirect(response) ? response.headers.get('location') : null;
        const here = hops === 0 ? response : arrived(response, current.url);
        if (location === null) return here;
        const way = hops === limit ? `more than ${limit} hops` : wayOn(location, current, { call, mayGoTo });
        const refusal = request.redirect === 'error' ? 'the request says redirect: "error"' : way;
        if (typeof refusal === 'string') {
          if (blocked === 'response' && request.redirect !== 'error') return here;
          void discard(response, clock); // never rejects, and nobody waits for it
          throw new RedirectBlockedError(parseOrigin(current.url), response.status, refusal);
        }
        void discard(response, clock);
        current = hop(refusal, { from: current, status: response.status, call });
        response = await next(current, call);
      }
    }

    return async (request, call) => {
      if (limit === 0 || request.redirect === 'manual') return next(request, call);
      // nothing could be sent on, and the 3xx of a stream is not worth a copy of it
      if (call.isBodyGone(request)) call.redirect = 'error';
      const response = await next(request, call);
      return isRedirect(response) ? follow(response, request, call) : response;
    };
  };
}

const isRedirect = ({ status }: Response): boolean =>
  status >= 301 && status <= 308 && [301, 302, 303, 307, 308].includes(status);

/** `fetch` says of a response that has been redirected that it was, and where it came from in the end. */
function arrived(response: Response, url: string): Response {
  const [withoutFragment = url] = url.split('#');
  return describe(response, { url: withoutFragment, redirected: true, type: response.type });
}

interface Turn {
  readonly call: Call;
  readonly mayGoTo: (target: URL) => boolean;
}

/** Where the redirect leads, or why it is not followed. */
function wayOn(location: string, from: Request, { call, mayGoTo }: Turn): URL | string {
  const target = URL.parse(inUtf8(location), from.url);
  if (target === null) return 'its location is no URL';
  if (target.username !== '' || target.password !== '') return 'its location carries user and password';
  if (from.url.startsWith('https:') && !isSecure(target)) return `it leads from https to ${target.protocol}`;
  if (!mayGoTo(target)) return `it leads to ${target.origin}, another origin`;
  return call.isBodyGone(from) ? redirectedStream : target; // from a network that hands it out all the same
}

/** Headers are read as Latin-1; a location that is not ASCII is UTF-8, whatever the standard would have servers send. */
function inUtf8(location: string): string {
  if (/^[\x20-\x7e]*$/.test(location)) return location;
  return new TextDecoder().decode(Uint8Array.from(location, (letter) => letter.charCodeAt(0)));
}

/** As the Fetch standard says (HTTP-redirect fetch, step 11). */
function becomesGet(status: number, method: string): boolean {
  return (status === 303 && method !== 'HEAD' && method !== 'GET') || (status <= 302 && method === 'POST');
}

function hop(target: URL, { from, status, call }: { from: Request; status: number; call: Call }): Request {
  const isGet = becomesGet(status, from.method);
  const headers = new Headers(from.headers);
  if (isGet) for (const name of bodyHeaders) headers.delete(name);
  if (target.origin !== parseOrigin(from.url)) {
    for (const name of call.dropCredentialHeaders(credentialHeaders)) headers.delete(name);
  }
  const body = from.body === null || isGet ? null : (call.source ?? null);
  const { cache, credentials, integrity, keepalive, mode, referrer, referrerPolicy, signal } = from;
  const same = { cache, credentials, integrity, keepalive, mode, referrer, referrerPolicy, signal };
  return new Request(target, { ...same, method: isGet ? 'GET' : from.method, headers, body });
}

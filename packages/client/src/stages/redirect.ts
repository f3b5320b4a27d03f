import { discard } from '../body/discard.ts';
import { withFinalUrl } from '../body/hooked-stream.ts';
import type { Call } from '../core/call.ts';
import type { ClientRequest } from '../core/request.ts';
import type { Stage } from '../core/stage.ts';
import { RedirectBlockedError } from '../errors/index.ts';
import { redirectedStream } from '../errors/not-replayable.ts';
import { credentialHeaders } from '../security/credential-headers.ts';
import { isSecure, parseOrigin } from '../security/url.ts';

/** Which redirects a client follows. */
export interface RedirectOptions {
  /** How many redirects of a call are followed. Default: 10. 0 returns every redirect to the caller as a response. */
  readonly limit?: number | undefined;
  /**
   * Other origins that a redirect may lead to, or `any`. Credentials do not go along, and are not sent again when a
   * later redirect leads back. Default: none.
   */
  readonly origins?: readonly string[] | 'any' | undefined;
  /** What happens to a redirect that is not followed: `REDIRECT_BLOCKED`, or the 3xx response. Default: `error`. */
  readonly blocked?: 'error' | 'response' | undefined;
}

/** Redirect options with their defaults. */
export interface Redirects {
  readonly limit: number;
  readonly origins: readonly string[] | 'any';
  readonly blocked: 'error' | 'response';
}

const bodyHeaders = ['content-encoding', 'content-language', 'content-length', 'content-location', 'content-type'];

/**
 * Follows redirects itself, so that each request passes the stages inside this one, and no credential leaves its origin.
 *
 * `redirect: 'manual'` and `'error'` of a request have the same effect as with `fetch`.
 *
 * @throws RedirectBlockedError when a redirect leads to another origin or from https to http, when there are too many, or
 * when the body was a stream
 */
export function redirect({ limit, origins, blocked }: Redirects): Stage {
  return (next, { clock }) => {
    /** A function of its own, because almost no response is a redirect. */
    async function follow(first: Response, request: ClientRequest, call: Call): Promise<Response> {
      const firstOrigin = parseOrigin(request.url);
      const isAllowed = ({ origin }: URL): boolean =>
        origin === firstOrigin || origins === 'any' || origins.includes(origin);
      const isForbidden = request.fetchOptions?.redirect === 'error';
      let current = request;
      let response = first;
      for (let hops = 0; ; hops += 1) {
        const location = isRedirect(response) ? response.headers.get('location') : null;
        const here = hops === 0 ? response : asRedirected(response, current.url);
        if (location === null) return here;
        const url = hops === limit ? `more than ${limit} hops` : nextUrl(location, current, isAllowed);
        const target = isForbidden ? 'the request says redirect: "error"' : url;
        if (typeof target === 'string') {
          if (blocked === 'response' && !isForbidden) return here;
          void discard(response, clock); // never rejects
          throw new RedirectBlockedError(current, response.status, target);
        }
        void discard(response, clock);
        current = nextRequest(target, { from: current, status: response.status, call });
        response = await next(current, call);
      }
    }

    return async (request, call) => {
      if (limit === 0 || request.fetchOptions?.redirect === 'manual') return next(request, call);
      // a stream could not be sent on, and the 3xx is not worth a copy of it
      if (!request.canReplay) call.redirect = 'error';
      const response = await next(request, call);
      return isRedirect(response) ? follow(response, request, call) : response;
    };
  };
}

const isRedirect = ({ status }: Response): boolean =>
  status >= 301 && status <= 308 && [301, 302, 303, 307, 308].includes(status);

/** The response as `fetch` returns one after a redirect: with `redirected`, and its last URL. */
function asRedirected(response: Response, url: string): Response {
  const [withoutFragment = url] = url.split('#');
  return withFinalUrl(response, { url: withoutFragment, redirected: true, type: response.type });
}

/** Where the redirect leads, or why it is not followed. */
function nextUrl(location: string, from: ClientRequest, isAllowed: (target: URL) => boolean): URL | string {
  const target = URL.parse(decodeUtf8(location), from.url);
  if (target === null) return 'its location is no URL';
  if (target.username !== '' || target.password !== '') return 'its location carries user and password';
  if (from.url.startsWith('https:') && !isSecure(target)) return `it leads from https to ${target.protocol}`;
  if (!isAllowed(target)) return `it leads to ${target.origin}, another origin`;
  return from.canReplay ? target : redirectedStream; // from a transport that returns the 3xx all the same
}

/** Headers are read as Latin-1. Servers send a location that is not ASCII as UTF-8, whatever the standard says. */
function decodeUtf8(location: string): string {
  if (/^[\x20-\x7e]*$/.test(location)) return location;
  return new TextDecoder().decode(Uint8Array.from(location, (letter) => letter.charCodeAt(0)));
}

/** Whether the next request is a GET (Fetch standard, HTTP-redirect fetch, step 11). */
function becomesGet(status: number, method: string): boolean {
  return (status === 303 && method !== 'HEAD' && method !== 'GET') || (status <= 302 && method === 'POST');
}

interface RedirectContext {
  readonly from: ClientRequest;
  readonly status: number;
  readonly call: Call;
}

function nextRequest(target: URL, { from, status, call }: RedirectContext): ClientRequest {
  const isGet = becomesGet(status, from.method);
  const headers = from.copyHeaders();
  if (isGet) for (const name of bodyHeaders) headers.delete(name);
  if (target.origin !== parseOrigin(from.url)) {
    for (const name of call.headers.dropCredentials(credentialHeaders)) headers.delete(name);
  }
  return from.with({ url: target.href, headers, ...(isGet && { method: 'GET', body: undefined }) });
}

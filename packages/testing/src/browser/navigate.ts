/** A page that a browser shows. */
export interface Page {
  /** The URL of the page, after all redirects. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** All URLs on the way, the one of the page included. */
  readonly visited: readonly string[];
  /** Where the page redirects, if the browser did not follow: `stopBefore`, or the scheme of an app. */
  readonly redirect: string | undefined;
}

/** One request of a browser that shows a page. */
export interface Navigation {
  readonly url: URL;
  readonly body: URLSearchParams | undefined;
  /** True if a page of another origin started it. */
  readonly isCrossSite: boolean;
}

interface NavigateContext {
  readonly send: (navigation: Navigation) => Promise<Response>;
  readonly stopBefore?: string;
}

/** As many redirects as browsers follow. */
const maxRedirects = 20;

/**
 * Follows redirects up to a page.
 *
 * @throws TypeError after 20 redirects
 */
export async function navigate(start: Navigation, { send, stopBefore }: NavigateContext): Promise<Page> {
  const visited: string[] = [];
  for (let next = start; visited.length <= maxRedirects;) {
    visited.push(next.url.href);
    const response = await send(next);
    const target = findRedirect(response, next.url);
    const isStopped = target !== undefined && stopBefore !== undefined && target.href.startsWith(stopBefore);
    if (target === undefined || isStopped || !/^https?:$/.test(target.protocol)) {
      const { status, headers } = response;
      return { url: next.url.href, status, headers, text: await response.text(), visited, redirect: target?.href };
    }
    await response.body?.cancel();
    next = redirected(next, target, response.status);
  }
  throw new TypeError(`More than ${maxRedirects} redirects, the last to ${new URL(visited.at(-1) ?? '').origin}`);
}

function findRedirect({ status, headers }: Response, base: URL): URL | undefined {
  const location = headers.get('location');
  return status >= 300 && status < 400 && location !== null ? new URL(location, base) : undefined;
}

/** 307 and 308 repeat a POST, the other redirects use GET (RFC 9110 §15.4). */
function redirected({ url, body, isCrossSite }: Navigation, target: URL, status: number): Navigation {
  const isRepeated = status === 307 || status === 308;
  return { url: target, body: isRepeated ? body : undefined, isCrossSite: isCrossSite || target.origin !== url.origin };
}

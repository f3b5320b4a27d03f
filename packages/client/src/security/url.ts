import { InvalidUrlError } from '../errors/validation.ts';

/** The origin of a URL, for errors, which must not contain more of it. */
export function parseOrigin(url: string): string {
  return URL.parse(url)?.origin ?? 'an invalid URL';
}

/**
 * True for a URL that cannot leave this machine: `localhost` and its subdomains, 127.0.0.0/8, [::1].
 *
 * Not `0.0.0.0`, which is an address to listen on, not to call.
 */
export function isLoopback(url: URL): boolean {
  const { hostname } = url;
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}

/** True for URLs that are allowed by default: https, and http on loopback. */
export function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

const plainPath = /^(?:\/(?:v\d{1,3}|[a-z-]{1,20}))+$/;

/**
 * The right form of a base URL whose last path segment would be replaced; `undefined` for one that is right.
 *
 * `orders` against `https://api.example/v1` is `https://api.example/orders` (RFC 3986 §5.2.3). A path that may hold a
 * secret is not shown.
 */
export function directoryUrl({ origin, pathname }: URL): string | undefined {
  if (pathname.endsWith('/')) return undefined;
  return `${origin}${plainPath.test(pathname) ? pathname : '/…'}/`;
}

const notAUrl =
  'The input is an object, not a URL: pass the url and the options of a Request that is of another realm or another copy of undici';

/**
 * Parses a URL. Its errors do not contain the URL, which may hold a password.
 *
 * @throws InvalidUrlError for a malformed URL, and for one with a user and password
 */
export function parseUrl(input: string | URL, base?: string | URL): URL {
  const text = String(input);
  if (text.startsWith('[object ')) throw new InvalidUrlError(notAUrl); // with a base URL it would be a path
  const url = URL.parse(text, base === undefined ? undefined : String(base));
  if (url === null) {
    const hint = base === undefined ? 'a path needs a client with baseUrl' : 'it cannot be resolved';
    throw new InvalidUrlError(`The input is not an absolute URL: ${hint}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidUrlError(
      `The URL for ${url.host} contains a user and password. Pass credentials to a layer instead`,
    );
  }
  return url;
}

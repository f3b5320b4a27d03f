import { InvalidUrlError } from '../errors/index.ts';

/** The origin of a URL, or of one resolved against `home`: what an error may name. */
export function parseOrigin(url: string): string {
  return URL.parse(url)?.origin ?? 'an invalid URL';
}

/**
 * True for a URL that cannot leave this machine: `localhost` and its subdomains, 127.0.0.0/8, [::1].
 *
 * `0.0.0.0` is not among them: it is a place to listen on, not to call.
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

/** True for what may be called by default: https, and http on loopback. */
export function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

/**
 * Reads a URL without ever quoting it, because a URL may hold a password.
 *
 * @throws InvalidUrlError when it is none, or carries user and password
 */
export function parseUrl(input: string | URL, home?: string | URL): URL {
  const url = URL.parse(String(input), home === undefined ? undefined : String(home));
  if (url === null) {
    const hint = home === undefined ? 'a path alone needs a client with baseUrl' : 'it cannot be resolved';
    throw new InvalidUrlError(`The input is not an absolute URL: ${hint}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidUrlError(`The URL for ${url.host} carries user and password: give credentials to a layer instead`);
  }
  return url;
}

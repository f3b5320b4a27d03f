import type { Clock } from '@bearings/client';

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
  readonly path: string;
  readonly isSecure: boolean;
  readonly isCrossSite: boolean;
  /** Milliseconds since the epoch. `Infinity`: until the browser is closed. */
  readonly expiresAt: number;
}

/** The cookies of a browser (RFC 6265), kept apart by origin. */
export interface CookieJar {
  /** Stores the cookies of a response. Cookies that a browser would refuse are ignored. */
  store(url: URL, headers: Headers): void;
  /** The `cookie` header of a request. A cross-site POST gets only cookies with `SameSite=None`. */
  header(url: URL, isCrossSitePost: boolean): string | undefined;
}

/** Creates a jar without cookies. */
export function cookieJar(clock: Clock): CookieJar {
  const cookies = new Map<string, Cookie>();
  const matching = (url: URL): readonly Cookie[] =>
    [...cookies.values()].filter(
      (cookie) =>
        cookie.origin === url.origin && matchesPath(url.pathname, cookie.path) && clock.now() < cookie.expiresAt,
    );
  return {
    store(url, headers) {
      for (const line of headers.getSetCookie()) {
        const cookie = parseCookie(line, url, clock.now());
        if (cookie !== undefined) cookies.set(`${cookie.origin} ${cookie.path} ${cookie.name}`, cookie);
      }
    },
    header(url, isCrossSitePost) {
      const sent = matching(url)
        .filter(({ isCrossSite, isSecure }) => (isCrossSite || !isCrossSitePost) && (!isSecure || isTrustworthy(url)))
        .toSorted((a, b) => b.path.length - a.path.length);
      return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join('; ');
    },
  };
}

/** RFC 6265 §5.2, and the prefixes `__Host-` and `__Secure-`. */
function parseCookie(line: string, url: URL, now: number): Cookie | undefined {
  const [pair = '', ...rest] = line.split(';');
  const equals = pair.indexOf('=');
  if (equals < 1) return undefined;
  const name = pair.slice(0, equals).trim();
  const attributes = new Map(rest.map(parseAttribute));
  const path = attributes.get('path') ?? '';
  const isSecure = attributes.has('secure');
  const isHostPrefixed = name.startsWith('__Host-');
  if (isHostPrefixed && (path !== '/' || attributes.has('domain'))) return undefined;
  if (isSecure ? !isTrustworthy(url) : isHostPrefixed || name.startsWith('__Secure-')) return undefined;
  return {
    name,
    value: pair.slice(equals + 1).trim(),
    origin: url.origin,
    path: path.startsWith('/') ? path : defaultPath(url),
    isSecure,
    isCrossSite: attributes.get('samesite')?.toLowerCase() === 'none' && isSecure,
    expiresAt: readExpiry(attributes, now),
  };
}

function parseAttribute(text: string): readonly [string, string] {
  const [name = '', ...value] = text.split('=');
  return [name.trim().toLowerCase(), value.join('=').trim()];
}

function readExpiry(attributes: ReadonlyMap<string, string>, now: number): number {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return now + Number(maxAge) * 1_000;
  const expires = Date.parse(attributes.get('expires') ?? '');
  return Number.isNaN(expires) ? Infinity : expires;
}

/** Browsers treat loopback like HTTPS. */
function isTrustworthy({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || /^(?:127\.|\[::1\]$|localhost$)/.test(hostname);
}

/** RFC 6265 §5.1.4. */
function defaultPath({ pathname }: URL): string {
  return pathname.slice(0, Math.max(1, pathname.lastIndexOf('/')));
}

function matchesPath(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}

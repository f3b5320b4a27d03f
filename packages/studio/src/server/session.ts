import { randomBytes, timingSafeEqual } from 'node:crypto';

/** Who may use the studio: the browser that has opened its URL. */
export interface Session {
  /** The secret of the URL, which works once. */
  readonly urlToken: string;
  /** The cookie for the first request with the right token; `undefined` for all others. */
  open(token: string, port: number): string | undefined;
  /** True for a request with the cookie of the session. */
  isOpenFor(cookies: string | undefined, port: number): boolean;
}

/** Creates a session. Both secrets have 256 bits. */
export function createSession(): Session {
  const urlToken = randomBytes(32).toString('base64url');
  const secret = randomBytes(32).toString('base64url');
  let isUsed = false;
  return {
    urlToken,
    open(token, port) {
      if (isUsed || !isEqual(token, urlToken)) return undefined;
      isUsed = true;
      return `${cookieName(port)}=${secret}; HttpOnly; SameSite=Strict; Path=/`;
    },
    isOpenFor(cookies = '', port) {
      const prefix = `${cookieName(port)}=`;
      return cookies.split(/; ?/).some((each) => each.startsWith(prefix) && isEqual(each.slice(prefix.length), secret));
    },
  };
}

/** Cookies do not know ports: with the port in the name, two studios do not replace each other's. */
const cookieName = (port: number): string => `bearings-studio-${port}`;

function isEqual(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

import { isSecure } from '@bearings/client/layer';
import { UserTokensConfigError } from '../errors.ts';

/**
 * The base of the handler's URLs, from the option `redirectUri`: https, or http on loopback.
 *
 * @throws UserTokensConfigError
 */
export function readHandlerBase(redirectUri: unknown): URL {
  const url = typeof redirectUri === 'string' ? URL.parse(redirectUri) : null;
  if (typeof redirectUri !== 'string' || url === null) {
    throw wrong('must be an absolute URL, such as https://app.example/oauth');
  }
  if (!isSecure(url)) throw wrong('must be https, or http on loopback');
  if (url.username !== '' || url.password !== '') throw wrong('must not contain a user and password');
  if (/[?#]/.test(redirectUri)) throw wrong('must have neither query nor fragment');
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

const wrong = (problem: string): UserTokensConfigError => new UserTokensConfigError('redirectUri', problem);

/** Our own link for a flow. It contains no secret. */
export const connectUrl = (base: URL, flowId: string): string => below(base, 'connect', flowId);

/** The redirect URI of a connection: one of its own, so that the answers of two servers cannot be mixed up. */
export const callbackUrl = (base: URL, connection: string): string => below(base, 'callback', connection);

const below = ({ origin, pathname }: URL, folder: string, name: string): string =>
  `${origin}${pathname.replace(/\/$/, '')}/${folder}/${encodeURIComponent(name)}`;

/** Longer than any flow's id or connection's name. */
const maxNameLength = 1_024;

/** What a path below the base asks for; `undefined` for any other path. */
export function matchPath(
  { pathname }: URL,
  path: string,
): { readonly folder: 'connect' | 'callback'; readonly name: string } | undefined {
  const prefix = pathname.replace(/\/$/, '');
  const [folder, name = '', ...others] = path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1).split('/') : [];
  if ((folder !== 'connect' && folder !== 'callback') || name === '' || others.length > 0) return undefined;
  try {
    const decoded = decodeURIComponent(name);
    // a store may refuse control characters, and an id of ours has none
    const isName = encodeURIComponent(decoded) === name && !/\p{Cc}/u.test(decoded) && name.length <= maxNameLength;
    return isName ? { folder, name: decoded } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * True for a request that reached this machine under a host name of another one, while the base is on loopback: a web page
 * may have let its own name resolve to 127.0.0.1 (DNS rebinding).
 */
export function isRebound({ host }: URL, base: URL): boolean {
  return base.protocol === 'http:' && !isSecure(new URL(`http://${host}/`));
}

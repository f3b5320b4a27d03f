import { timingSafeEqual } from 'node:crypto';
import { hashText } from './flow-secret.ts';

/**
 * The cookie that binds a flow to the browser that opened its link.
 *
 * Over https its name starts with `__Host-`: no subdomain can set it. `SameSite=Lax`, because the callback is a navigation
 * that comes from another site. On loopback over http, for development, it has neither the prefix nor `Secure`: Chromium
 * and Firefox accept those on localhost, Safari does not, and the request does not leave the machine.
 */
export interface BindingCookie {
  readonly name: string;
  readonly isSecure: boolean;
}

/** The cookie of a flow. Each flow has its own, so that two flows in one browser do not affect each other. */
export function bindingCookie(flowId: string, base: URL): BindingCookie {
  const isSecure = base.protocol === 'https:';
  return { name: `${isSecure ? '__Host-' : ''}bearings-${flowId}`, isSecure };
}

/** The header that sets the cookie. `maxAgeMs` 0 removes it. */
export function writeCookie({ name, isSecure }: BindingCookie, value: string, maxAgeMs: number): string {
  const attributes = ['Path=/', `Max-Age=${Math.max(0, Math.ceil(maxAgeMs / 1_000))}`, 'HttpOnly', 'SameSite=Lax'];
  return [`${name}=${value}`, ...attributes, ...(isSecure ? ['Secure'] : [])].join('; ');
}

/** The hash of the request's cookie, if it is the one that is stored with the flow. */
export function matchCookie(
  { name }: BindingCookie,
  headers: Headers,
  bindingHash: string | undefined,
): string | undefined {
  const value = readCookie(headers.get('cookie') ?? '', name);
  if (value === undefined || bindingHash === undefined) return undefined;
  const hash = hashText(value);
  return isEqual(hash, bindingHash) ? hash : undefined;
}

function readCookie(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** In constant time for texts of one length. */
function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

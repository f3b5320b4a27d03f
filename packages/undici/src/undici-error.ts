import { toTransportError } from '@bearings/client/layer';
import type { TransportErrorContext } from '@bearings/client/layer';
import { ClientClosedError, isBearingsError } from '@bearings/client/errors';
import type { ClientError } from '@bearings/client/errors';
import { findProxyError, proxyStatusError, toProxyError } from './proxy-error.ts';
import type { ProxyError } from './proxy-error.ts';
import type { UndiciOptions } from './undici-options.ts';

const closedCodes = ['UND_ERR_CLOSED', 'UND_ERR_DESTROYED'];

interface UndiciErrorContext extends TransportErrorContext {
  readonly proxy: UndiciOptions['proxy'];
  /** The proxy that forwards plain http, if there is one. */
  readonly forwardProxy: URL | undefined;
}

/** Converts an error of undici. That of a closed dispatcher becomes the error of a closed client. */
export function toUndiciError(cause: unknown, context: UndiciErrorContext): ClientError {
  const proxyError = findProxyError(cause) ?? findOtherProxyError(cause, context);
  const error = toTransportError(proxyError === undefined ? cause : withReason(proxyError), context);
  const isClosed = isBearingsError(error, 'TRANSPORT') && closedCodes.includes(error.reason);
  return isClosed ? new ClientClosedError(context.request) : error;
}

const withReason = ({ message, reason }: ProxyError): Error => Object.assign(new Error(message), { code: reason });

/** The failures of a proxy that undici does not report as such. */
function findOtherProxyError(cause: unknown, { proxy, forwardProxy }: UndiciErrorContext): ProxyError | undefined {
  if (!(cause instanceof Error)) return undefined;
  // of a proxy that forwards plain http, undici reports a 407 as a wrong argument
  const is407 = cause.message === 'Proxy Authentication Required (407)';
  if (is407 && forwardProxy !== undefined) return proxyStatusError(forwardProxy, 407);
  // with SOCKS, the only host that is connected to is the proxy
  const socks = URL.parse(String(proxy));
  const isOfSocks = 'syscall' in cause || ('code' in cause && String(cause.code).startsWith('UND_ERR_SOCKS5'));
  return socks?.protocol === 'socks5:' && isOfSocks ? toProxyError(socks, cause) : undefined;
}

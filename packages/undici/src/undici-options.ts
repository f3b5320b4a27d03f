import { ConfigError } from '@bearings/client/errors';
import type { Setting } from '@bearings/client';
import type { LookupFunction } from 'node:net';
import type { Dispatcher } from 'undici';

/** What a TLS connection shows and trusts. PEM texts or bytes. */
export interface TlsOptions {
  /** Authorities to trust in place of the system's. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[] | undefined;
  /** The client's certificate, where the server asks for one (mTLS). */
  readonly cert?: string | Uint8Array | undefined;
  /** The key of that certificate. */
  readonly key?: string | Uint8Array | undefined;
  /** The name the server's certificate must be for. Default: the host that is called. */
  readonly servername?: string | undefined;
  /** `false` trusts everybody. Default: `true`. */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** How connections are made and kept. */
export interface UndiciOptions {
  /** A dispatcher of yours, of undici 8: it stays yours to close, and no other option goes with it. */
  readonly dispatcher?: Dispatcher | undefined;
  /** How many connections to an origin. Default: as many as are needed. */
  readonly connections?: number | undefined;
  /** Requests under way on one connection at once; above 1 only for servers you trust. Default: 1. */
  readonly pipelining?: number | undefined;
  /** Speaks HTTP/2 with servers that can. Default: `false`. */
  readonly allowH2?: boolean | undefined;
  /** Milliseconds until a connection stands. Default: 10 s. */
  readonly connectTimeout?: number | undefined;
  /** Milliseconds a connection is kept that nobody uses, unless the server says how long. Default: 4 s. */
  readonly keepAliveTimeout?: number | undefined;
  /** The most of what the server says, in milliseconds. Default: 10 min. */
  readonly keepAliveMaxTimeout?: number | undefined;
  readonly tls?: TlsOptions | undefined;
  /** The URL of a proxy, or `env` for what `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say. Default: none. */
  readonly proxy?: string | URL | undefined;
  /** Finds a name's addresses, as `publicLookup` of `@bearings/client` does. Default: as the system does. */
  readonly lookup?: LookupFunction | undefined;
}

/**
 * Refuses options that would fail at the first call, or do nothing.
 *
 * @throws ConfigError naming the option
 */
export function checkOptions(options: UndiciOptions): void {
  const { dispatcher, proxy, lookup, ...own } = options;
  checkNumbers(own);
  if (dispatcher !== undefined) return checkDispatcher(options, dispatcher);
  if (proxy === undefined) return;
  if (lookup !== undefined) {
    throw new ConfigError('lookup', 'lookup has no say behind a proxy, which finds the addresses by itself');
  }
  if (proxy !== 'env' && !isProxyUrl(proxy)) {
    throw new ConfigError('proxy', 'proxy must be "env", or a URL with http:, https: or socks5:');
  }
}

function checkDispatcher(options: UndiciOptions, dispatcher: Dispatcher): void {
  if (typeof dispatcher.dispatch !== 'function') {
    throw new ConfigError('dispatcher', 'dispatcher must be one of undici, such as an Agent');
  }
  for (const [name, value] of Object.entries(options)) {
    if (name === 'dispatcher' || value === undefined) continue;
    throw new ConfigError(name, `${name} does nothing beside dispatcher: give it to the dispatcher`);
  }
}

function checkNumbers(options: UndiciOptions): void {
  const { connections, pipelining, connectTimeout, keepAliveTimeout, keepAliveMaxTimeout } = options;
  for (const [name, value] of Object.entries({ connections, pipelining })) {
    if (value === undefined || (Number.isInteger(value) && value >= 1)) continue;
    throw new ConfigError(name, `${name} must be a whole number from 1, not ${value}`);
  }
  for (const [name, value] of Object.entries({ connectTimeout, keepAliveTimeout, keepAliveMaxTimeout })) {
    if (value === undefined || (Number.isFinite(value) && value >= 1)) continue;
    throw new ConfigError(name, `${name} must be milliseconds from 1, not ${value}`);
  }
}

function isProxyUrl(proxy: string | URL): boolean {
  return ['http:', 'https:', 'socks5:'].includes(URL.parse(String(proxy))?.protocol ?? '');
}

/** What `explain` may show: no key, and of a proxy no password. */
export function shownSettings(options: UndiciOptions): Readonly<Record<string, Setting>> {
  if (options.dispatcher !== undefined) return { dispatcher: 'given' };
  const { connections = Infinity, pipelining = 1, allowH2 = false, connectTimeout = 10_000, tls, proxy } = options;
  return {
    connections,
    pipelining,
    allowH2,
    connectTimeoutMs: connectTimeout,
    ...(tls !== undefined && { tls: Object.keys(tls) }),
    ...(tls?.rejectUnauthorized === false && { rejectUnauthorized: false }),
    ...(proxy !== undefined && { proxy: proxy === 'env' ? proxy : (URL.parse(String(proxy))?.host ?? '') }),
  };
}

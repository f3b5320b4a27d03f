import type { Clock } from '@bearings/client';
import type { LookupFunction } from 'node:net';
import type { Dispatcher } from 'undici';
import type { AddressLookup } from './addresses/address-source.ts';

/** A certificate or key, as PEM text or bytes. */
export type Pem = string | Uint8Array;

/**
 * Where a certificate or key comes from: the PEM itself, a file, or a function.
 *
 * Files and functions are read again while the layer is in use, see {@link UndiciOptions.tlsRefreshInterval}.
 */
export type PemSource = Pem | { readonly file: string } | (() => Pem | Promise<Pem>);

/** The certificates of a TLS connection. */
export interface TlsOptions {
  /** Certificate authorities to trust, in place of the system's. */
  readonly ca?: PemSource | readonly PemSource[] | undefined;
  /** The client's certificate, for servers that require one (mTLS). */
  readonly cert?: PemSource | undefined;
  /** The private key of `cert`. */
  readonly key?: PemSource | undefined;
  /** The name that the server's certificate must have. Default: the host that is called. */
  readonly servername?: string | undefined;
  /** `false` accepts any certificate: for tests only. Default: `true`. */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** How connections are made and kept. */
export interface UndiciOptions {
  /** A dispatcher of undici 8 that you have made. You close it. Excludes all other options. */
  readonly dispatcher?: Dispatcher | undefined;
  /** The most connections to one origin; further requests wait. Default: no limit. */
  readonly connections?: number | undefined;
  /** The most requests in flight on one HTTP/1.1 connection. Above 1 only for servers you trust. Default: 1. */
  readonly pipelining?: number | undefined;
  /** Uses HTTP/2 with servers that offer it. Default: `false`. */
  readonly allowH2?: boolean | undefined;
  /** The longest time to connect, with TLS and a proxy's tunnel, in milliseconds. Default: 10 000. */
  readonly connectTimeout?: number | undefined;
  /** How long an idle connection is kept, in milliseconds, unless the server sets a time. Default: 4 000. */
  readonly keepAliveTimeout?: number | undefined;
  /** The most that a server can set for it, in milliseconds. Default: 600 000. */
  readonly keepAliveMaxTimeout?: number | undefined;
  /** Certificates for the servers that are called, directly or through a proxy. Default: the system's authorities. */
  readonly tls?: TlsOptions | undefined;
  /** How long files and functions in `tls` and `proxyTls` are used until they are read again, in milliseconds. Default: 10 000. */
  readonly tlsRefreshInterval?: number | undefined;
  /** The URL of a proxy, or `env` to use `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`. Default: no proxy. */
  readonly proxy?: string | URL | undefined;
  /** Certificates for the connection to a proxy with `https:`. Default: the system's authorities. */
  readonly proxyTls?: TlsOptions | undefined;
  /** Resolves host names, such as `publicLookup()` of `@bearings/client`. Default: the system's resolver. */
  readonly lookup?: LookupFunction | undefined;
  /**
   * Sends requests to the instances of a service in turn, and leaves out those that fail: `dns` for all addresses of the host,
   * as of a headless service, or options. Default: undici connects to what the host resolves to.
   */
  readonly addresses?: 'dns' | 'srv' | AddressOptions | undefined;
  /** Measures `graceMs` and `tlsRefreshInterval`. Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/** Where the instances of a service are, and when one is left out. */
export interface AddressOptions {
  /**
   * `dns`: all addresses of the host. `srv`: SRV records, `_https._tcp.HOST` or `_http._tcp.HOST` (RFC 2782). Or a function of
   * the origin, for a registry.
   */
  readonly from: 'dns' | 'srv' | AddressLookup;
  /** How long addresses are used until they are looked up again, in milliseconds. Default: 5 000. */
  readonly refreshInterval?: number | undefined;
  /** How long an instance is left out after its first failure, in milliseconds; longer after further ones. Default: 10 000. */
  readonly ejectFor?: number | undefined;
  /** How many 502, 503, 504, broken or late responses in a row are a failure. A failed connection is one at once. Default: 5. */
  readonly maxBadResponses?: number | undefined;
}

import { createClient, profiles } from '@bearings/client';
import type { Clock, Layer } from '@bearings/client';
import { isBearingsError } from '@bearings/client/errors';
import { transportLayerRule } from '@bearings/client/layer';
import { LRUCache } from 'lru-cache';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { DiscoveryConfigError, DiscoveryHttpError, DiscoveryUnavailableError } from './errors.ts';
import type { DiscoveryError } from './errors.ts';
import { readIssuerUrl } from './issuer-url.ts';
import { metadataLocations } from './metadata-locations.ts';
import { readMetadata } from './metadata.ts';
import type { ServerMetadata } from './metadata.ts';

export interface DiscoveryOptions {
  /** Allows `http:` issuers and endpoints beyond loopback. Default: false. */
  readonly insecureHttp?: boolean;
  /** The network. Documents are cached per network. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** The network as a layer, such as `withUndici({ proxy })`, in place of `fetch`. You close it. */
  readonly network?: Layer | undefined;
  /** For timeouts and backoff. Default: the system's clock. */
  readonly clock?: Clock;
  /** A number in [0, 1), for jitter. Default: `Math.random`. */
  readonly random?: () => number;
}

/**
 * The token endpoint of an issuer.
 *
 * @see discover
 */
export async function discoverTokenEndpoint(
  issuerUrl: string,
  options?: DiscoveryOptions,
): Promise<Result<string, DiscoveryError>> {
  return (await discover(issuerUrl, options)).map(({ token_endpoint: endpoint }) => endpoint);
}

/**
 * The metadata of an issuer: OIDC Discovery's location first, RFC 8414's when that answers 404.
 *
 * One request per issuer for any number of concurrent callers; the document is cached for an hour, a failure is not.
 * Transport failures and 5xx are retried, within 30 s in all.
 *
 * @param issuerUrl - compared with the document's `issuer` character by character
 */
export async function discover(
  issuerUrl: string,
  options: DiscoveryOptions = {},
): Promise<Result<ServerMetadata, DiscoveryError>> {
  const { insecureHttp = false } = options;
  try {
    const issuer = readIssuerUrl(issuerUrl, insecureHttp);
    const cache = cacheFor(chooseNetwork(options));
    return Ok(await cache.forceFetch(`${insecureHttp} ${issuerUrl}`, { context: { issuer, issuerUrl, options } }));
  } catch (cause) {
    return Err(isDiscoveryError(cause) ? cause : new DiscoveryUnavailableError(issuerUrl, cause));
  }
}

/** @throws DiscoveryConfigError */
function chooseNetwork({ fetch, network }: DiscoveryOptions): NonNullable<DiscoveryOptions['fetch' | 'network']> {
  if (network === undefined) return fetch ?? globalThis.fetch;
  if (fetch !== undefined) throw new DiscoveryConfigError('network and fetch are both set: set one of them');
  if (transportLayerRule.test(network)) return network;
  throw new DiscoveryConfigError(`network must be ${transportLayerRule.expected}`);
}

interface FetchContext {
  readonly issuer: URL;
  readonly issuerUrl: string;
  readonly options: DiscoveryOptions;
}

type MetadataCache = LRUCache<string, ServerMetadata, FetchContext>;

/**
 * Documents of issuers, for each network they came through. The only state of this package: it is dropped with the
 * network, so a test that replaces `fetch` starts with an empty cache.
 */
const caches = new WeakMap<typeof globalThis.fetch | Layer, MetadataCache>();

function cacheFor(network: typeof globalThis.fetch | Layer): MetadataCache {
  const known = caches.get(network);
  if (known !== undefined) return known;
  const cache: MetadataCache = new LRUCache({
    max: 100,
    ttl: 3_600_000,
    ignoreFetchAbort: true,
    fetchMethod: (_key, _old, { context }) => fetchMetadata(context),
  });
  caches.set(network, cache);
  return cache;
}

async function fetchMetadata({ issuer, issuerUrl, options }: FetchContext): Promise<ServerMetadata> {
  const { insecureHttp = false, network, ...others } = options;
  const layers = network === undefined ? [] : [network];
  await using client = createClient({ ...profiles.tokenEndpoint, ...others, insecureHttp }, layers);
  const [oidc, oauth] = metadataLocations(issuer);
  const tried: string[] = [];
  for (const url of [oidc, oauth]) {
    const response = await request(url, client.fetch);
    tried.push(url);
    if (response.status === 200) return await readMetadata(response, { issuerUrl, insecureHttp, url });
    await response.body?.cancel();
    if (response.status !== 404) throw new DiscoveryHttpError(response.status, tried);
  }
  throw new DiscoveryHttpError(404, tried);
}

/** No redirect, no cache, no cookies, no referrer. */
const isolatedInit = {
  redirect: 'manual',
  cache: 'no-store',
  credentials: 'omit',
  referrerPolicy: 'no-referrer',
} as const satisfies RequestInit;

async function request(url: string, fetch: typeof globalThis.fetch): Promise<Response> {
  try {
    return await fetch(url, { headers: { accept: 'application/json' }, ...isolatedInit });
  } catch (cause) {
    throw new DiscoveryUnavailableError(url, cause);
  }
}

function isDiscoveryError(value: unknown): value is DiscoveryError {
  return isBearingsError(value) && value.source === 'oidc-discovery';
}

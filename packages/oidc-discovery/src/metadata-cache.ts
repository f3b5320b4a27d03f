import { systemClock } from '@bearings/client';
import type { Clock, Layer } from '@bearings/client';
import { isRequestBound } from '@bearings/client/layer';
import { LRUCache } from 'lru-cache';
import type { ServerMetadata } from './metadata.ts';

const ttlMs = 3_600_000;

/** Requests one document. */
export type FetchMetadata = () => Promise<ServerMetadata>;

type Cache = LRUCache<string, ServerMetadata, FetchMetadata>;
type Network = typeof globalThis.fetch | Layer;

interface CacheOptions {
  readonly network: Network;
  readonly clock?: Clock;
  readonly maxAgeMs?: number;
}

/**
 * The documents of issuers, for each network and clock: callers with other ones share neither a
 * request nor a document. The only state of this package: it is dropped with the network, so a test that replaces
 * `fetch` starts with an empty cache.
 */
const caches = new WeakMap<Network, WeakMap<Clock, Cache>>();

/**
 * The document of the cache, or of one request for any number of concurrent callers. A failure is not cached.
 *
 * @param key - the options that make another document
 */
export async function cachedMetadata(
  key: string,
  request: FetchMetadata,
  options: CacheOptions,
): Promise<ServerMetadata> {
  const { maxAgeMs = ttlMs } = options;
  const cache = cacheFor(options);
  const ageMs = ttlMs - cache.getRemainingTTL(key);
  const isOutdated = cache.has(key) && ageMs >= maxAgeMs;
  if (!isRequestBound()) return cache.forceFetch(key, { context: request, forceRefresh: isOutdated });
  // a request that another one began may never end
  const known = isOutdated ? undefined : cache.get(key);
  if (known !== undefined) return known;
  const found = await request();
  cache.set(key, found);
  return found;
}

function cacheFor({ network, clock = systemClock }: CacheOptions): Cache {
  const byClock = caches.get(network) ?? new WeakMap<Clock, Cache>();
  const cache = byClock.get(clock) ?? createCache(clock);
  caches.set(network, byClock.set(clock, cache));
  return cache;
}

function createCache(clock: Clock): Cache {
  return new LRUCache({
    max: 100,
    ttl: ttlMs,
    ttlResolution: 0,
    perf: clock,
    ignoreFetchAbort: true,
    fetchMethod: (_key, _old, { context }) => context(),
  });
}

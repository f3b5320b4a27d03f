import { systemClock } from '@bearings/client';
import type { Clock, Layer } from '@bearings/client';
import { LRUCache } from 'lru-cache';
import type { ServerMetadata } from './metadata.ts';

const ttlMs = 3_600_000;

/** Requests one document. */
export type FetchMetadata = () => Promise<ServerMetadata>;

type Cache = LRUCache<string, ServerMetadata, FetchMetadata>;
type Random = () => number;
type Network = typeof globalThis.fetch | Layer;

interface CacheOptions {
  readonly network: Network;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly maxAgeMs?: number;
}

/**
 * The documents of issuers, for each network, clock and source of jitter: callers with other ones share neither a
 * request nor a document. The only state of this package: it is dropped with the network, so a test that replaces
 * `fetch` starts with an empty cache.
 */
const caches = new WeakMap<Network, WeakMap<Clock, WeakMap<Random, Cache>>>();

/**
 * The document of the cache, or of one request for any number of concurrent callers. A failure is not cached.
 *
 * @param key - the options that make another document
 */
export function cachedMetadata(key: string, request: FetchMetadata, options: CacheOptions): Promise<ServerMetadata> {
  const { maxAgeMs = ttlMs } = options;
  const cache = cacheFor(options);
  const ageMs = ttlMs - cache.getRemainingTTL(key);
  return cache.forceFetch(key, { context: request, forceRefresh: cache.has(key) && ageMs >= maxAgeMs });
}

function cacheFor({ network, clock = systemClock, random = Math.random }: CacheOptions): Cache {
  const byClock = caches.get(network) ?? new WeakMap<Clock, WeakMap<Random, Cache>>();
  const byRandom = byClock.get(clock) ?? new WeakMap<Random, Cache>();
  const cache = byRandom.get(random) ?? createCache(clock);
  caches.set(network, byClock.set(clock, byRandom.set(random, cache)));
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

import type { Clock, Layer } from '@bearings/client';
import { transportLayerRule } from '@bearings/client/layer';
import { DiscoveryConfigError } from './errors.ts';

export interface DiscoveryOptions {
  /** Where the metadata is, if not at a well-known place below the issuer. It must name the issuer all the same. */
  readonly metadataUrl?: string;
  /** A document that was received longer ago is requested again. Default: an hour. */
  readonly maxAgeMs?: number;
  /** Allows `http:` issuers and endpoints beyond loopback. Default: false. */
  readonly insecureHttp?: boolean;
  /** The network. Documents are cached per network and clock. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** The network as a layer, such as `withUndici({ proxy })`, in place of `fetch`. You close it. */
  readonly network?: Layer | undefined;
  /** For timeouts and backoff. Default: the system's clock. */
  readonly clock?: Clock;
  /** A number in [0, 1), for jitter. Default: `Math.random`. */
  readonly random?: () => number;
}

/**
 * The network of the options.
 *
 * @throws DiscoveryConfigError
 */
export function chooseNetwork({
  fetch,
  network,
}: DiscoveryOptions): NonNullable<DiscoveryOptions['fetch' | 'network']> {
  if (network === undefined) return fetch ?? globalThis.fetch;
  if (fetch !== undefined) throw new DiscoveryConfigError('network', 'network and fetch are both set: set one of them');
  if (transportLayerRule.test(network)) return network;
  throw new DiscoveryConfigError('network', `network must be ${transportLayerRule.expected}`);
}

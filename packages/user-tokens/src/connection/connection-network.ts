import type { Clock, Layer } from '@bearings/client';

/** How the providers are reached. */
export interface ConnectionNetwork {
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly network?: Layer | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  /** Time limit for one token request with its retries, in milliseconds. */
  readonly requestTimeoutMs: number;
}

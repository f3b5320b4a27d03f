import type { Instant } from './times.ts';
import type { PendingRequest, Grant, Answered } from './scripted-endpoint.ts';

/** A token that was published. */
export interface Published extends Grant {
  readonly generation: number;
  /** When it was requested. */
  readonly requestedAt: Instant;
  /** When it arrived, and how long the acquisition took by the clock that says more. */
  readonly arrivedAt: Instant;
  readonly tookMs: number;
  /** The step in which it arrived. */
  readonly step: number;
  /** True when it is the rejected token again. */
  readonly isUnchanged: boolean;
}

/** An acquisition in flight. */
export interface Acquisition {
  readonly startedAt: Instant;
  /** When callers with a token began to wait for it: that of the acquisition that this one repeats. */
  readonly briefFrom: Instant;
  readonly isProbe: boolean;
  /** `undefined` when the rejection came in the same step: either order is right. */
  readonly wasRejected: boolean | undefined;
  requests: number;
  outstanding: PendingRequest | undefined;
  said: Answered | undefined;
}

/** How a caller came to its token. */
export interface Served {
  /** The step in which it came. */
  readonly cameIn: number;
  /** The token that it could fall back on at once when it came, while that was rotated. */
  readonly fallback: Published | undefined;
}

/** Failures since the last success. */
export interface Outage {
  readonly count: number;
  readonly firstAt: Instant;
  readonly failedAt: Instant;
  readonly retryAfterMs: number;
  readonly code: string;
}

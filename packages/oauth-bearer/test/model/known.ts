import type { Moment } from './times.ts';
import type { Asked, Grant, Said } from './told-endpoint.ts';

/** A token that was published. */
export interface Published extends Grant {
  readonly generation: number;
  /** When it was asked for. */
  readonly since: Moment;
  /** When it came, and how long that took by the clock that said more. */
  readonly came: Moment;
  readonly tookMs: number;
  /** In which step it came. */
  readonly step: number;
  /** True when it is the very token that had been rejected. */
  readonly isUnchanged: boolean;
}

/** An acquisition that is under way. */
export interface Flight {
  readonly since: Moment;
  readonly isProbe: boolean;
  /** `undefined` when the rejection came in the same step: either order is right. */
  readonly wasRejected: boolean | undefined;
  requests: number;
  outstanding: Asked | undefined;
  said: Said | undefined;
}

/** Failures since the last success. */
export interface Outage {
  readonly count: number;
  readonly firstAt: Moment;
  readonly since: Moment;
  readonly retryAfterMs: number;
  readonly code: string;
}

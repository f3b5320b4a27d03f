/** What a replica is asked to do: so many calls at once, or over a time. */
export interface Order {
  readonly calls: number;
  readonly spreadMs: number;
}

/** How the calls of a replica ended. */
export interface Report {
  readonly calls: number;
  readonly failed: number;
  /** Token requests that it made because the store was away. */
  readonly fallbacks: number;
  readonly tookMs: number;
}

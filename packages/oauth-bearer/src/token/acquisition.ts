import type { TokenSource } from '../sources/token-source.ts';
import { elapsedMs } from './instant.ts';
import type { Instant } from './instant.ts';
import type { EngineSettings } from './token-options.ts';
import type { TokenResult, TokenSnapshot } from './token-state.ts';

/** An acquisition in flight. */
export interface Acquisition {
  /** Answers and never rejects. Where acquisitions end with their request, it may never answer. */
  readonly result: Promise<TokenResult>;
  readonly startedAt: Instant;
  /** The snapshot in which it began. */
  readonly before: TokenSnapshot;
  readonly controller: AbortController;
  /** The claims that it asks for. */
  readonly claims: string | undefined;
  /** True when it asks for claims that were required while the last one was in flight. */
  readonly isFollowUp: boolean;
}

/** How long others wait for an acquisition whose request may have ended. Most authorization servers answer sooner. */
const joinLimitMs = 3_000;

/**
 * How much longer others wait for an acquisition, in milliseconds; `Infinity` where it does not depend on the request that
 * began it. A source that must not be asked twice gets its whole time.
 */
export function remainingJoinMs(
  { startedAt }: Acquisition,
  { retry = 'safe' }: TokenSource,
  { isRequestBound, acquireTimeoutMs, clock }: EngineSettings,
): number {
  if (!isRequestBound) return Infinity;
  const limitMs = retry === 'safe' ? Math.min(joinLimitMs, acquireTimeoutMs) : acquireTimeoutMs;
  return limitMs - elapsedMs(startedAt, clock);
}

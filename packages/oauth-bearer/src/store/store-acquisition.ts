import type { Clock } from '@bearings/client';
import type { AcquireOptions, StoreOutcome, TokenSource } from '../sources/token-source.ts';
import type { HeldTokens } from './held-token.ts';
import type { StoreGuard } from './store-guard.ts';
import type { EntrySeal } from './token-seal.ts';
import type { StoreQuestion } from './token-store.ts';

/** One acquisition over a store. */
export interface StoreAcquisition {
  readonly source: TokenSource;
  readonly store: StoreGuard;
  readonly seal: EntrySeal;
  readonly held: HeldTokens;
  readonly clock: Clock;
  readonly random: () => number;
  readonly options: AcquireOptions;
  readonly key: string;
  /** Reads the key as it is now: that of a token with a client certificate changes with the certificate. */
  readonly readKey: () => Promise<string>;
  readonly question: StoreQuestion;
  /** On the monotonic clock. */
  readonly startedAtMs: number;
}

/** Reports how an acquisition ended, to the listeners of the token. */
export function report({ options, clock, startedAtMs }: StoreAcquisition, outcome: StoreOutcome): void {
  options.report?.({ outcome, tookMs: clock.monotonic() - startedAtMs });
}

import { systemClock } from '@bearings/client';
import { isRequestBound } from '@bearings/client/layer';
import type { Clock } from '@bearings/client';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { TokenConfigError } from '../errors.ts';
import type { IssuedToken } from '../sources/token-source.ts';
import { defaultBackoff } from './failure-backoff.ts';
import type { FailureBackoff } from './failure-backoff.ts';
import { checkNames } from './option-names.ts';
import type { OptionNames } from './option-names.ts';
import type { RenewalTiming } from './renewal-schedule.ts';

/** How a token is kept, whatever its source. */
export interface TokenOptions {
  /** How long before its expiry a token is renewed. Default: 30 min, but never in the first half of its life. */
  readonly refreshOffsetMs?: number;
  /** By how much the renewal may come earlier, at random. Default: 5 min, but at most a tenth of the life. */
  readonly jitterMaxMs?: number;
  /** The shortest time between two renewals ahead, or two rotations in a row. Default: 10 s. */
  readonly minRefreshPeriodMs?: number;
  /** Time limit for one acquisition: discovery, secret, token request and its retries. Default: 30 s. */
  readonly acquireTimeoutMs?: number;
  /** `eager` acquires a token before the call answers; `lazy` acquires it at the first use. Default: `eager`. */
  readonly start?: 'eager' | 'lazy';
  /**
   * Called with each acquisition when it begins, so that the platform lets it end after the response to the request that
   * needed it: on Cloudflare Workers `background: waitUntil`, imported from `cloudflare:workers`. The promise never rejects.
   * Errors it throws are ignored. Default: nothing.
   */
  readonly background?: ((acquisition: Promise<unknown>) => void) | undefined;
  /** How long an eager start tries again after transient failures. Default: 0, so that the first failure is answered. */
  readonly startWaitMs?: number;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** A number in [0, 1), for jitter. Default: `Math.random`. */
  readonly random?: () => number;
}

/** What the engine works with: options with every default in place. */
export interface EngineSettings extends RenewalTiming {
  readonly acquireTimeoutMs: number;
  readonly backoff: FailureBackoff;
  /** True where promises, timers and signals end with the request in which they were made. */
  readonly isRequestBound: boolean;
  readonly background?: ((acquisition: Promise<unknown>) => void) | undefined;
  /** False for a token that is renewed at a use only. */
  readonly hasTimer: boolean;
  /** A token that is there from the start. */
  readonly initial?: IssuedToken | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

/** How a token is started. */
interface StartSettings {
  readonly isLazy: boolean;
  readonly startWaitMs: number;
}

/** Options, checked, with every default in place. */
export type TokenOptionSettings = Omit<EngineSettings, 'hasTimer'> & StartSettings;

/** Checks options; the error names the field and what would be right. */
export function readTokenOptions(options: TokenOptions): Result<TokenOptionSettings, TokenConfigError> {
  try {
    checkNames(options, tokenOptionNames, 'Token.from');
    return Ok(resolveTokenOptions(options));
  } catch (cause) {
    if (cause instanceof TokenConfigError) return Err(cause);
    throw cause;
  }
}

/** @throws TokenConfigError */
export function resolveTokenOptions(options: TokenOptions): TokenOptionSettings {
  const { start = 'eager', clock = systemClock, random = Math.random } = options;
  mustBe(start === 'eager' || start === 'lazy', 'start', "must be 'eager' or 'lazy'");
  const { background } = options;
  const isCallable = background === undefined || typeof background === 'function';
  mustBe(isCallable, 'background', 'must be a function, such as waitUntil of cloudflare:workers');
  mustBe(options.acquireTimeoutMs !== 0, 'acquireTimeoutMs', 'must be milliseconds above 0');
  return {
    refreshOffsetMs: readDuration('refreshOffsetMs', options.refreshOffsetMs ?? 1_800_000),
    jitterMaxMs: readDuration('jitterMaxMs', options.jitterMaxMs ?? 300_000),
    minRefreshPeriodMs: readDuration('minRefreshPeriodMs', options.minRefreshPeriodMs ?? 10_000),
    acquireTimeoutMs: readDuration('acquireTimeoutMs', options.acquireTimeoutMs ?? 30_000),
    isLazy: start === 'lazy',
    startWaitMs: readDuration('startWaitMs', options.startWaitMs ?? 0),
    backoff: defaultBackoff,
    isRequestBound: isRequestBound(),
    background,
    clock,
    random,
  };
}

/** Their names. */
export const tokenOptionNames: OptionNames<TokenOptions> = {
  refreshOffsetMs: true,
  jitterMaxMs: true,
  minRefreshPeriodMs: true,
  acquireTimeoutMs: true,
  start: true,
  startWaitMs: true,
  background: true,
  clock: true,
  random: true,
};

/** @throws TokenConfigError when the condition does not hold */
export function mustBe(isRight: boolean, field: string, problem: string): void {
  if (!isRight) throw new TokenConfigError(field, problem);
}

/** @throws TokenConfigError when it is not a duration */
export function readDuration(field: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  const shown = typeof value === 'number' ? String(value) : typeof value;
  throw new TokenConfigError(field, `must be milliseconds from 0, not ${shown}`);
}

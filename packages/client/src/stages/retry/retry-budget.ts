import { checkOptions } from '../../core/check-options.ts';
import type { OptionRules } from '../../core/check-options.ts';
import { numberRule } from '../../core/option-rules.ts';
import type { Clock } from '../../time/clock.ts';

/** How many retries a client may add to its calls, counted over the last 10 seconds. */
export interface RetryBudgetOptions {
  /** Retries for each call. Default: 0.2, so that retries add a fifth to the traffic. */
  readonly ratio?: number;
  /** Retries per second that are possible besides, for clients with few calls. Default: 10. */
  readonly minPerSecond?: number;
}

/** The budget of one client. */
export interface RetryBudget {
  /** Takes one retry, if there is one left. */
  readonly tryTake: () => boolean;
  /** Counts a call. */
  readonly countCall: () => void;
}

const windowSeconds = 10;

/**
 * Creates a budget for the retries of one client: retries of all its calls together do not multiply an outage (SRE book,
 * ch. 21). The defaults are those of Finagle: a fifth of the calls, and 10 a second.
 *
 * @throws ConfigError when an option is unknown or wrong
 */
export function createRetryBudget(options: RetryBudgetOptions, clock: Clock): RetryBudget {
  checkBudget(options);
  const { ratio = 0.2, minPerSecond = 10 } = options;
  const reserve = minPerSecond * windowSeconds;
  /** What each second of the window has added, calls less retries; the oldest is overwritten. */
  const balances = new Float64Array(windowSeconds);
  let second = Math.floor(clock.monotonic() / 1_000);
  const current = (): number => {
    const now = Math.floor(clock.monotonic() / 1_000);
    if (now !== second) {
      if (now - second >= windowSeconds) balances.fill(0);
      else for (let passed = second + 1; passed <= now; passed += 1) balances[passed % windowSeconds] = 0;
      second = now;
    }
    return now % windowSeconds;
  };
  const add = (amount: number): void => {
    const index = current();
    balances[index] = (balances[index] ?? 0) + amount;
  };
  return {
    tryTake() {
      current();
      const left = balances.reduce((sum, each) => sum + each, reserve);
      if (left < 1 - 1e-9) return false; // sums of fractions are not exact
      add(-1);
      return true;
    },
    countCall: () => add(ratio),
  };
}

/** @throws ConfigError */
export function checkBudget(options: RetryBudgetOptions): void {
  checkOptions(options, budgetRules, { owner: 'A client', within: 'retry.budget' });
}

const budgetRules: OptionRules<RetryBudgetOptions> = { ratio: numberRule, minPerSecond: numberRule };

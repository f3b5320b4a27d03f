import { checkOptions } from '../../core/check-options.ts';
import type { OptionRules } from '../../core/check-options.ts';
import { numberRule } from '../../core/option-rules.ts';

/** Limits how many retries a client adds to its traffic. */
export interface RetryBudgetOptions {
  /** Retries that each successful call adds. Default: 0.1, so that retries are at most a tenth of the successful calls. */
  readonly ratio?: number;
  /** The largest number of saved retries, and the number at the start. Default: 10. */
  readonly reserve?: number;
}

/** The retries that a client has left. */
export interface RetryBudget {
  /** Takes one retry. Returns false when the budget is used up. */
  tryTake(): boolean;
  /** Adds the share of a successful call. */
  deposit(): void;
}

/**
 * A token bucket of retries for a client, so that retries do not multiply an outage (SRE book, ch. 21).
 *
 * Only successful calls fill it: when all calls fail, retries stop after the reserve.
 *
 * @throws ConfigError when an option is not a number from 0
 */
export function createRetryBudget(options: RetryBudgetOptions): RetryBudget {
  checkOptions(options, budgetRules, { owner: 'A client', within: 'retry.budget' });
  const { ratio = 0.1, reserve = 10 } = options;
  let left = reserve;
  return {
    tryTake() {
      if (left < 1) return false;
      left -= 1;
      return true;
    },
    deposit() {
      left = Math.min(reserve, left + ratio);
    },
  };
}

const budgetRules: OptionRules<RetryBudgetOptions> = { ratio: numberRule, reserve: numberRule };

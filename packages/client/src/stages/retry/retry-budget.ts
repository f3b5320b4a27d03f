import { checkOptions } from '../../core/check-options.ts';
import type { OptionRules } from '../../core/check-options.ts';
import { numberRule } from '../../core/option-rules.ts';

/** How many retries a client may add to its traffic. */
export interface RetryBudgetOptions {
  /** Retries that each call that goes well earns. Default: 0.1, so that retries are at most a tenth of what works. */
  readonly ratio?: number;
  /** How many retries can be saved up; there are as many at the start. Default: 10. */
  readonly reserve?: number;
}

/** What is left of a budget. */
export interface RetryBudget {
  /** Takes one retry, if there is one left. */
  tryTake(): boolean;
  /** A call has gone well. */
  deposit(): void;
}

/**
 * A bucket of retries, one for each client: an outage is not multiplied by those who try again (SRE book, ch. 21).
 *
 * Only what goes well fills it, so that when nothing does, retries stop after the reserve.
 *
 * @throws ConfigError when a number is none
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

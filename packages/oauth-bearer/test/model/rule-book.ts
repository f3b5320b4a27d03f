import type { Clock } from '@bearings/client';
import type { RenewalTiming } from '../../src/token/renewal-schedule.ts';

/** The rules that a token is checked against. */
export interface Rules {
  readonly clock: Clock;
  readonly timing: RenewalTiming;
  /** False for a token that is renewed at a use only. */
  readonly isTimed: boolean;
  /** True when a listener acts during an event. */
  readonly isInterrupted: boolean;
}

/** Records broken rules, and the events that led to them. */
export class RuleBook {
  readonly violations: string[] = [];
  /** All events in order, for the message of a failure. */
  readonly log: string[] = [];
  /** The number of the step, from 1. The events of one step happen at almost the same time. */
  step = 0;

  /** Records a broken rule. */
  must(isKept: boolean, rule: string): void {
    if (isKept) return;
    this.violations.push(`${rule}, in step ${this.step}`);
    this.log.push(`  ✗ ${rule}`);
  }
}

import type { Published } from './observed.ts';
import type { Rules } from './rule-book.ts';
import { agoMs, driftMs, instantNow, renewalSpan } from './times.ts';
import type { Instant } from './times.ts';

/** How long ago something was, and how long tokens last, by the clock of a world. */
export class Ages {
  readonly #rules: Rules;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  now(): Instant {
    return instantNow(this.#rules.clock);
  }

  elapsedMs(since: Instant): number {
    return agoMs(since, this.#rules.clock);
  }

  isAge(ms: number, since: Instant): boolean {
    return Math.abs(ms - this.elapsedMs(since)) < driftMs;
  }

  remainingMs({ requestedAt: since, lifetimeMs }: Published): number {
    return lifetimeMs - this.elapsedMs(since);
  }

  isOver(token: Published): boolean {
    return this.remainingMs(token) <= 0;
  }

  /** Milliseconds since an instant, by each clock. */
  sinceBoth({ wall, monotonic }: Instant): readonly number[] {
    const now = this.now();
    return [now.wall - wall, now.monotonic - monotonic];
  }

  /** True when a token may be renewed ahead: by its age, or by the timer that was set when it arrived. */
  isStale(token: Published | undefined): boolean {
    if (token === undefined) return false;
    const { isTimed, timing } = this.#rules;
    const sinceArrivalMs = this.now().monotonic - token.arrivedAt.monotonic;
    const ageMs = Math.max(this.elapsedMs(token.requestedAt), isTimed ? sinceArrivalMs + token.tookMs : 0);
    return ageMs >= renewalSpan(token.lifetimeMs, timing)[0] - driftMs;
  }

  /** True when a caller that needs a token for so long needs a new one. */
  isDemanded(current: Published | undefined, minValidityMs: number): boolean {
    if (minValidityMs <= 0 || current === undefined) return false;
    if (this.elapsedMs(current.requestedAt) < this.#rules.timing.minRefreshPeriodMs) return false;
    return this.remainingMs(current) < Math.min(minValidityMs, current.lifetimeMs / 2);
  }
}

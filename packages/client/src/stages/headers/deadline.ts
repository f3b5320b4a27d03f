import { layer } from '../../core/layer.ts';
import type { Layer } from '../../core/layer.ts';
import { checkOptions } from '../../core/check-options.ts';
import type { OptionRules } from '../../core/check-options.ts';
import { clockRule, headerNameRule } from '../../core/option-rules.ts';
import { systemClock } from '../../time/clock.ts';
import type { Clock } from '../../time/clock.ts';

/** The header that says how long the caller waits. */
export interface DeadlineHeaderOptions {
  /** Its name. Its value is a whole number of milliseconds. Default: `request-timeout-ms`. */
  readonly header?: string;
}

const defaultHeader = 'request-timeout-ms';

/**
 * Tells the server how long the caller still waits, in milliseconds, so that it can stop working for a call that has ended, and
 * give its own calls no more time than that: read it there with {@link deadlineOf}.
 *
 * The value is what is left of `totalTimeout`, or `timeout` where that is shorter. Each attempt, replay and redirect has a value
 * of its own. A call without limits has no such header.
 *
 * @throws ConfigError when the name is not that of a header
 */
export function withDeadlineHeader(options: DeadlineHeaderOptions = {}): Layer {
  checkOptions(options, { header: headerNameRule }, { owner: 'withDeadlineHeader' });
  const { header = defaultHeader } = options;
  return layer('network', { name: 'deadline-header', settings: { header } }, (next) => (request, call) => {
    const leftMs = Math.min(call.remainingMs(), call.attemptTimeoutMs);
    if (leftMs !== Infinity) call.headers.set(header, String(Math.max(1, Math.floor(leftMs))));
    return next(request, call);
  });
}

/** How long a caller waits for an answer. */
export interface Deadline {
  /** When it is, in milliseconds of the clock's monotonic time. */
  readonly at: number;
  /** True when the caller waits no longer. */
  readonly isOver: boolean;
  /** Milliseconds left, a whole number from 1: an option `totalTimeout` for calls that are made for this request. */
  remainingMs(): number;
}

/** What {@link deadlineOf} reads. */
export interface DeadlineOptions extends DeadlineHeaderOptions {
  /** The longest time that is believed, in milliseconds. Default: 300 000. */
  readonly maxMs?: number;
  /** Default: {@link systemClock}. */
  readonly clock?: Clock;
}

/** A request as servers have it: the platform's, or one of node:http, Express or Fastify. */
export interface IncomingRequest {
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * Reads how long the caller of a request waits, from the header that {@link withDeadlineHeader} writes. Call it as soon as the
 * request arrives: time counts from then.
 *
 * @returns `undefined` when the header is missing, or is no whole number above 0
 * @throws ConfigError when an option is wrong
 */
export function deadlineOf({ headers }: IncomingRequest, options: DeadlineOptions = {}): Deadline | undefined {
  checkOptions(options, deadlineRules, { owner: 'deadlineOf' });
  const { header = defaultHeader, maxMs = 300_000, clock = systemClock } = options;
  const value = headers instanceof Headers ? headers.get(header) : headers[header.toLowerCase()];
  if (typeof value !== 'string' || !/^[1-9]\d{0,15}$/.test(value)) return undefined;
  const at = clock.monotonic() + Math.min(Number(value), maxMs);
  return {
    at,
    get isOver() {
      return clock.monotonic() >= at;
    },
    remainingMs: () => Math.max(1, Math.ceil(at - clock.monotonic())),
  };
}

const deadlineRules: OptionRules<DeadlineOptions> = {
  header: headerNameRule,
  maxMs: { test: (value) => typeof value === 'number' && value >= 1, expected: 'milliseconds from 1' },
  clock: clockRule,
};

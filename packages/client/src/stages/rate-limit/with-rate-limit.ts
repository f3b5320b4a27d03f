import type { Call } from '../../core/call.ts';
import { checkOptions } from '../../core/check-options.ts';
import type { OptionRules } from '../../core/check-options.ts';
import { layer } from '../../core/layer.ts';
import type { Layer } from '../../core/layer.ts';
import {
  assertOption,
  functionRule,
  limitRule,
  stringRule,
  timeoutRule,
  wholeNumberRule,
} from '../../core/option-rules.ts';
import type { OptionRule } from '../../core/option-rules.ts';
import type { ClientRequest } from '../../core/request.ts';
import type { Stage } from '../../core/stage.ts';
import { ClientClosedError, RateLimitedError } from '../../errors/index.ts';
import { parseOrigin } from '../../security/url.ts';
import type { Clock } from '../../time/clock.ts';
import { askedWaitMs } from '../../time/retry-after.ts';
import { Quota } from './quota.ts';

/** How many requests a client may send. */
export interface RateLimitOptions {
  /** The largest number of requests in each `perMs` of a quota. Default: `Infinity`, so that only the server's 429 pauses. */
  readonly limit?: number;
  /** The time that `limit` is for, in milliseconds. Default: 1 000. */
  readonly perMs?: number;
  /**
   * The quota that a request counts for: any text, such as the tenant or the kind of endpoint. Default: the origin of the
   * request.
   */
  readonly quota?: (request: ClientRequest) => string;
  /** The largest number of waiting requests of a quota; further ones fail at once. 0: none waits. Default: 10 000. */
  readonly queue?: number;
  /** The longest pause that a server's `Retry-After` can cause, in milliseconds; `false` for no pauses. Default: 60 000. */
  readonly maxPause?: number | false;
}

/**
 * Keeps a client within a server's limit: requests beyond it wait, in their order. A 429 or 503 with `Retry-After` pauses all
 * calls of its quota, not only the one that got it.
 *
 * It counts requests that are sent: attempts and hedged requests, each once. No window of `perMs` has more than `limit` of
 * them. While a request waits, its call gives back its permit of the `concurrency` limit. Each client counts for itself: for
 * ten replicas, take a tenth of the server's limit.
 *
 * @throws ConfigError when an option is wrong
 * @throws RateLimitedError from a call when the queue is full, or the server's pause is longer than the call may take; the
 *   request was not sent
 */
export function withRateLimit(options: RateLimitOptions = {}): Layer {
  checkOptions(options, rateLimitRules, { owner: 'withRateLimit' });
  const { limit = Infinity, perMs = 1_000, quota = readOrigin, queue = 10_000, maxPause = 60_000 } = options;
  const settings = { limit, perMs, queue, maxPauseMs: maxPause === false ? 0 : maxPause };
  return layer('circuitBreaker', { name: 'rate-limit', settings }, createStage({ ...settings, quota }));
}

const readOrigin = ({ url }: ClientRequest): string => parseOrigin(url);

const periodRule: OptionRule = {
  test: (value) => typeof value === 'number' && value > 0 && value <= 31 * 86_400_000,
  expected: 'milliseconds above 0, a month at most',
};
const rateLimitRules: OptionRules<RateLimitOptions> = {
  limit: limitRule,
  perMs: periodRule,
  quota: functionRule,
  queue: wholeNumberRule,
  maxPause: timeoutRule,
};

interface Settings {
  readonly limit: number;
  readonly perMs: number;
  readonly queue: number;
  readonly maxPauseMs: number;
  readonly quota: (request: ClientRequest) => string;
}

function createStage(settings: Settings): Stage {
  return (next, { clock }) => {
    const quotas = new Quotas(settings, clock);
    return async (request, call) => {
      const quota = quotas.find(request);
      if (!quota.tryTake()) await waitForPlace(quota, { request, call, clock });
      const response = await next(request, call);
      if (response.status === 429 || response.status === 503) {
        const pauseMs = askedWaitMs(response, clock.now()) ?? 0;
        if (pauseMs > 0) quota.pause(Math.min(pauseMs, settings.maxPauseMs));
      }
      return response;
    };
  };
}

interface Wait {
  readonly request: ClientRequest;
  readonly call: Call;
  readonly clock: Clock;
}

async function waitForPlace(quota: Quota, { request, call, clock }: Wait): Promise<void> {
  if (!call.mayBackOff) throw new ClientClosedError(request);
  const { pauseMs } = quota;
  if (pauseMs >= call.remainingMs()) throw new RateLimitedError(request, Math.ceil(clock.now() + pauseMs));
  if (quota.isFull) throw new RateLimitedError(request, undefined);
  call.phase = 'queue';
  await call.backOff(() => quota.take(call.cancelScope));
}

const maxQuotas = 1_000;

/** The quotas of a client, by name. Idle ones are forgotten when there are many. */
class Quotas {
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #byName = new Map<string, Quota>();

  constructor(settings: Settings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  find(request: ClientRequest): Quota {
    const name: unknown = this.#settings.quota(request);
    assertOption('quota', name, { ...stringRule, expected: 'a function that returns a string' });
    const found = this.#byName.get(String(name)) ?? new Quota(this.#settings, this.#clock);
    if (this.#byName.size >= maxQuotas && !this.#byName.has(String(name))) this.#forgetIdle();
    this.#byName.set(String(name), found);
    return found;
  }

  #forgetIdle(): void {
    for (const [name, quota] of this.#byName) if (quota.isIdle) this.#byName.delete(name);
  }
}

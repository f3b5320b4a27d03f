import { discard } from '../../body/discard.ts';
import type { Call } from '../../core/call.ts';
import { checkOptions } from '../../core/check-options.ts';
import type { OptionRules } from '../../core/check-options.ts';
import { layer } from '../../core/layer.ts';
import type { Layer } from '../../core/layer.ts';
import { countRule, listRule, stringRule } from '../../core/option-rules.ts';
import type { OptionRule } from '../../core/option-rules.ts';
import type { ClientRequest } from '../../core/request.ts';
import type { Send, Stage } from '../../core/stage.ts';
import { ConfigError } from '../../errors/index.ts';
import type { Cancel, Clock } from '../../time/clock.ts';

/** When a request is sent again although the first one has not failed. */
export interface HedgingOptions {
  /**
   * How long to wait for response headers before the request is sent once more, in milliseconds. Take the 95th percentile
   * of the server's response times: then one call in twenty is sent twice.
   */
  readonly afterMs: number;
  /** How many further requests an attempt may send, `afterMs` apart. Default: 1. */
  readonly limit?: number;
  /** The methods whose requests are sent again. Default: GET, HEAD, OPTIONS (the safe ones, RFC 9110 §9.2.1). */
  readonly methods?: readonly string[];
}

/**
 * Sends a slow request once more and uses the response that comes first, so that one slow instance of a service does not
 * make callers slow (Dean and Barroso, The Tail at Scale, 2013).
 *
 * Each further request takes one from the client's retry budget, so hedging adds no more load to an outage than retries do.
 * The first response that is no failure (408, 429 or 5xx) is used; the others are cancelled, and their connections closed. When
 * all fail, the call continues with the first failure. A request whose body is a stream is sent once.
 *
 * @throws ConfigError when an option is missing or wrong
 */
export function withHedging(options: HedgingOptions): Layer {
  checkOptions(options, hedgingRules, { owner: 'withHedging' });
  const { afterMs, limit = 1, methods = ['GET', 'HEAD', 'OPTIONS'] } = options;
  if (afterMs === undefined) throw new ConfigError('afterMs', `afterMs must be ${delayRule.expected}`);
  const settings = { afterMs, limit, methods };
  return layer('retry', { name: 'hedging', settings }, createStage(settings));
}

const delayRule: OptionRule = {
  test: (value) => typeof value === 'number' && value > 0 && value <= 86_400_000,
  expected: 'milliseconds above 0, a day at most: how long to wait before a request is sent once more',
};
const hedgingRules: OptionRules<HedgingOptions> = {
  afterMs: delayRule,
  limit: countRule,
  methods: listRule(stringRule),
};

function createStage({ afterMs, limit, methods }: Required<HedgingOptions>): Stage {
  const hedged = new Set(methods.map((method) => method.toUpperCase()));
  return (next, { clock }) => {
    const context = { next, clock, afterMs, limit };
    return (request, call) =>
      hedged.has(request.method.toUpperCase()) && request.canReplay
        ? new Race(request, call, context).run()
        : next(request, call);
  };
}

interface RaceContext {
  readonly next: Send;
  readonly clock: Clock;
  readonly afterMs: number;
  readonly limit: number;
}

type Outcome = { readonly response: Response } | { readonly error: unknown };

/** The requests of one attempt. */
class Race {
  readonly #request: ClientRequest;
  readonly #call: Call;
  readonly #context: RaceContext;
  readonly #running = new Set<Call>();
  readonly #end = Promise.withResolvers<Response>();
  #sent = 0;
  /** The outcome that counts when no response is good. */
  #failure: { readonly outcome: Outcome; readonly by: Call } | undefined;
  #cancelTimer: Cancel = () => {};

  constructor(request: ClientRequest, call: Call, context: RaceContext) {
    this.#request = request;
    this.#call = call;
    this.#context = context;
  }

  run(): Promise<Response> {
    this.#call.phase = 'attempt';
    this.#start();
    return this.#end.promise;
  }

  #start(): void {
    const fork = this.#call.fork();
    this.#running.add(fork);
    this.#sent += 1;
    this.#schedule();
    const send = async (): Promise<Response> => this.#context.next(this.#request, fork); // a layer may throw at once
    send().then(
      (response) => this.#settle(fork, { response }),
      (error: unknown) => this.#settle(fork, { error }),
    );
  }

  #schedule(): void {
    const { clock, afterMs, limit } = this.#context;
    if (this.#sent > limit) return;
    this.#cancelTimer = clock.schedule(afterMs, () => {
      if (!this.#call.isCancelled && this.#call.takeFromBudget()) this.#start();
    });
  }

  #settle(fork: Call, outcome: Outcome): void {
    if (!this.#running.delete(fork)) return drop(fork, outcome, this.#context.clock); // another one was first
    const isGood = 'response' in outcome && !isFailure(outcome.response);
    if (!isGood && this.#running.size > 0) {
      if (this.#failure === undefined) this.#failure = { outcome, by: fork };
      else drop(fork, outcome, this.#context.clock);
      return;
    }
    this.#cancelTimer();
    this.#finish(fork, outcome, isGood);
  }

  #finish(fork: Call, outcome: Outcome, isGood: boolean): void {
    const first = isGood ? undefined : this.#failure;
    const { outcome: used, by } = first ?? { outcome, by: fork };
    if (first !== undefined) drop(fork, outcome, this.#context.clock);
    else if (this.#failure !== undefined) drop(this.#failure.by, this.#failure.outcome, this.#context.clock);
    for (const loser of this.#running) loser.cancel(new DOMException('another request was faster', 'AbortError'));
    this.#running.clear();
    this.#call.adopt(by);
    if ('response' in used) this.#end.resolve(used.response);
    else this.#end.reject(used.error);
  }
}

const isFailure = ({ status }: Response): boolean => status >= 500 || status === 429 || status === 408;

function drop(fork: Call, outcome: Outcome, clock: Clock): void {
  if ('response' in outcome) void discard(outcome.response, clock); // never rejects
  fork.release();
}

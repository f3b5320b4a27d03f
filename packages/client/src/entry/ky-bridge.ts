import type { Input, NormalizedOptions } from 'ky';
import type { Call } from '../core/call.ts';
import type { CallOptions } from '../core/call-options.ts';
import type { ClientRequest } from '../core/request.ts';
import { DeadlineExceededError } from '../errors/index.ts';
import type { FailedRequest } from '../errors/request-failure.ts';
import type { CallPhase } from '../errors/timeout.ts';
import { parseOrigin } from '../security/url.ts';
import type { Clock } from '../time/clock.ts';
import type { CallRunner } from './call-runner.ts';
import { raceTimer } from './deadline.ts';

/** What is read of a call's options before ky sees them. */
export interface CapturedOptions {
  readonly options: CallOptions;
  /** The retry options of the call, each with its value, as hooks and errors see them. */
  readonly retry: NormalizedOptions['retry'];
  /** The total time of the call; `Infinity` without a limit. */
  readonly totalTimeoutMs: number;
  /** The monotonic time at which the call began: hooks run before it is sent. */
  readonly startedAt: number;
  /** The caller's signal. ky would leave a listener on it for as long as its Request lives. */
  readonly signal: AbortSignal | null | undefined;
  readonly body: RequestInit['body'];
  /** True when a hook or a progress callback may have replaced the request or its body since. */
  readonly mayBeModified: boolean;
  /** True when only ky reads the body of a response with this status, for an error. */
  readonly isOnlyForError: (status: number) => boolean;
}

interface BridgeContext {
  readonly input: Input;
  readonly clock: Clock;
  readonly runner: CallRunner;
}

/** What ky and a hook pass along with a call. */
interface HookState {
  readonly options: NormalizedOptions;
  readonly retryCount: number;
}

/** What a race with the deadline is for: which request the error names, and what the call is doing. */
interface RaceContext {
  /** Default: the request of the call. */
  readonly request?: FailedRequest;
  readonly phase: CallPhase;
}

/**
 * Carries a call's options past ky: ky passes options that it does not know to `fetch`'s second argument.
 *
 * Each call has its own, so that a call made with the options of another is a call of its own. ky's errors hold the
 * bridge, so everything in it is private and is not printed with them.
 */
export class KyBridge {
  /** True when the JSON of the call is checked by a schema: to ky, an empty body is then `undefined`. */
  hasSchema = false;
  readonly #context: BridgeContext;
  #captured: CapturedOptions | undefined;
  #kyRequest: Request | undefined;
  #sent: { readonly call: Call; readonly request: ClientRequest } | undefined;
  #deadlineError: DeadlineExceededError | undefined;

  constructor(context: BridgeContext) {
    this.#context = context;
  }

  /** What the call was made with, before ky changed it. */
  get input(): Input {
    return this.#context.input;
  }

  /** The request of the call, as far as it is known. */
  get #request(): FailedRequest {
    const { input } = this.#context;
    return this.#sent?.request ?? (input instanceof Request ? input : parseOrigin(String(input)));
  }

  /** The runner of the client that the call was made with. */
  get runner(): CallRunner {
    return this.#context.runner;
  }

  get captured(): CapturedOptions | undefined {
    return this.#captured;
  }

  capture(captured: CapturedOptions): void {
    this.#captured = captured;
  }

  /** Notes the Request that ky has made, before the first hook may replace it. */
  noteRequest(request: Request): void {
    this.#kyRequest ??= request;
  }

  /** True for a Request that is still as ky has made it of the captured options: nothing was replaced or read. */
  isAsCaptured(request: Request): boolean {
    if (this.#captured === undefined) return false;
    return !this.#captured.mayBeModified || (request === this.#kyRequest && !request.bodyUsed);
  }

  /** The call and its request, once there are any. */
  get sent(): { readonly call: Call; readonly request: ClientRequest } | undefined {
    return this.#sent;
  }

  setSent(call: Call, request: ClientRequest): void {
    this.#sent = { call, request };
  }

  /** The error of the deadline, when it has ended the call. */
  get deadlineError(): DeadlineExceededError | undefined {
    const reason = this.#sent?.call.cancelReason;
    return reason instanceof DeadlineExceededError ? reason : this.#deadlineError;
  }

  /** The state of a hook with what the stages know, in place of what ky has: its retry is off, and it has no signal. */
  correct<T extends HookState>(state: T): T {
    const attempts = this.#sent?.call.attempt ?? 1;
    return { ...state, options: this.restoreOptions(state.options), retryCount: attempts - 1 };
  }

  /** The options of the call as ky would have them: another call may be made with them. */
  restoreOptions(options: NormalizedOptions): NormalizedOptions {
    const { bearings: _bridge, ...others }: NormalizedOptions & { bearings?: unknown } = options;
    const { retry, signal } = this.#captured ?? {};
    return Object.freeze(Object.assign(others, retry && { retry }, signal && { signal }));
  }

  /**
   * Waits for what is done for the call outside the stages, but no longer than the total time.
   *
   * @throws DeadlineExceededError
   */
  race<T>(work: () => T, { request, phase }: RaceContext): T | Promise<Awaited<T>> {
    const { clock } = this.#context;
    const { totalTimeoutMs = Infinity, startedAt = 0 } = this.#captured ?? {};
    if (totalTimeoutMs === Infinity) return work();
    const expire = (): DeadlineExceededError => {
      const { attempt: attempts = 0, lastFailure: cause } = this.#sent?.call ?? {};
      const facts = { request: request ?? this.#request, budgetMs: totalTimeoutMs, attempts, phase, cause };
      this.#deadlineError ??= new DeadlineExceededError(facts);
      this.#sent?.call.cancel(this.#deadlineError);
      return this.#deadlineError;
    };
    const remainingMs = startedAt + totalTimeoutMs - clock.monotonic();
    return raceTimer(work, { clock, remainingMs, expire });
  }
}

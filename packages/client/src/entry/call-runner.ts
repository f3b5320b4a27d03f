import { cancelQuietly } from '../body/discard.ts';
import { checkCallOptions } from '../client-options.ts';
import type { Settings } from '../client-options.ts';
import { Call } from '../core/call.ts';
import type { CallOptions } from '../core/call-options.ts';
import { checkOptions } from '../core/check-options.ts';
import type { OptionRules } from '../core/check-options.ts';
import { millisecondsRule } from '../core/option-rules.ts';
import type { ClientRequest } from '../core/request.ts';
import type { Send } from '../core/stage.ts';
import { ClientClosedError } from '../errors/index.ts';
import { HeaderValidator } from '../security/header-validator.ts';
import type { Clock } from '../time/clock.ts';
import { withinDeadline } from './deadline.ts';
import { InFlightCalls } from './in-flight-calls.ts';
import { createSignalCleanup } from './signal-cleanup.ts';

/** What an entry passes with a request. */
interface RunOptions {
  readonly options: CallOptions;
  /** The caller's signal, if there is one. */
  readonly signal?: AbortSignal | null | undefined;
  /** Called with the call before it is sent. */
  readonly onCall?: (call: Call) => void;
  /** The monotonic time at which the call began. Default: now. */
  readonly startedAt?: number | undefined;
}

/** How a client is closed. */
export interface CloseOptions {
  /** How long calls in flight may take until their response headers arrive, in milliseconds. Default: 10 000. */
  readonly graceMs?: number;
}

const closeRules: OptionRules<CloseOptions> = { graceMs: millisecondsRule };

/** How many calls a client has had, and has now. */
interface CallCounts {
  readonly calls: number;
  readonly inFlight: number;
}

/** Runs the calls of both entries, `client.fetch` and ky's. */
export interface CallRunner {
  /** Sends a request through the stages, within the call's total time. */
  run(request: ClientRequest, options: RunOptions): Promise<Response>;
  /** Refuses new calls. Resolves when none is in flight, at the latest after `graceMs`. */
  close(options?: CloseOptions): Promise<void>;
  counts(): CallCounts;
  /** Makes a runner for a client made from this one: closing it closes only that client. */
  derive(): CallRunner;
}

/** Makes the runner of one client, over its composed stages. */
export function createCallRunner(send: Send, { timeout, totalTimeout, facts: { clock } }: Settings): CallRunner {
  const signals = createSignalCleanup();
  const headerValidator = new HeaderValidator();

  async function runCall(request: ClientRequest, context: RunOptions): Promise<Response> {
    const { options, signal, onCall, startedAt } = context;
    let call: Call | undefined;
    try {
      signal?.throwIfAborted();
      checkCallOptions(options);
      const attemptTimeoutMs = toMs(options.timeout ?? timeout);
      const totalTimeoutMs = toMs(options.totalTimeout ?? totalTimeout);
      call = new Call({ options, signal, clock, headerValidator, attemptTimeoutMs, totalTimeoutMs, startedAt });
      onCall?.(call);
      const response = await withinDeadline(request, call, { send, clock });
      return signal ? signals.releaseAfterBody(response, call) : response;
    } catch (cause) {
      call?.release();
      cancelUnsent(request, cause);
      throw cause;
    }
  }

  return withClosing(runCall, clock);
}

/** Adds the counting of calls in flight, and what closing needs. */
function withClosing(run: CallRunner['run'], clock: Clock): CallRunner {
  const inFlight = new InFlightCalls();
  let isClosed = false;
  let calls = 0;

  const runOpen: CallRunner['run'] = async (request, { options, signal, startedAt, onCall }) => {
    if (isClosed) {
      const closed = new ClientClosedError(request);
      cancelUnsent(request, closed);
      throw closed;
    }
    let place: ReturnType<InFlightCalls['add']> | undefined;
    try {
      return await run(request, {
        options,
        signal,
        startedAt,
        onCall(call) {
          calls += 1;
          place = inFlight.add(call, request);
          onCall?.(call);
        },
      });
    } finally {
      if (place !== undefined) inFlight.remove(place);
    }
  };

  return {
    run: runOpen,
    async close(options = {}) {
      checkOptions(options, closeRules, { owner: 'close' });
      const { graceMs = 10_000 } = options;
      isClosed = true;
      await endCalls(inFlight, graceMs, clock);
    },
    counts: () => ({ calls, inFlight: inFlight.count }),
    derive: () => withClosing(runOpen, clock),
  };
}

/** Ends waits before a retry now, and after the grace what is still in flight. */
async function endCalls(inFlight: InFlightCalls, graceMs: number, clock: Clock): Promise<void> {
  for (const { call, request } of inFlight.list()) call.endBackoff(new ClientClosedError(request));
  const { promise: graceIsOver, resolve: endGrace } = Promise.withResolvers<void>();
  const cancel = clock.schedule(graceMs, () => {
    for (const { call, request } of inFlight.list()) call.cancel(new ClientClosedError(request));
    endGrace(); // a layer may ignore the cancellation
  });
  await Promise.race([inFlight.whenIdle(), graceIsOver]);
  cancel();
}

const toMs = (duration: number | false): number => (duration === false ? Infinity : duration);

/** Cancels the stream of a call that failed before the stream was read: what is behind it, such as a file, is closed. */
function cancelUnsent({ body }: ClientRequest, reason: unknown): void {
  if (body instanceof ReadableStream && !body.locked) void cancelQuietly(body, reason); // never rejects
}

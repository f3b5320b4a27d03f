import { checkCallOptions } from '../client-options.ts';
import type { Settings } from '../client-options.ts';
import { Call } from '../core/call.ts';
import type { CallOptions } from '../core/call-options.ts';
import type { ClientRequest } from '../core/request.ts';
import type { Send } from '../core/stage.ts';
import { ClientClosedError } from '../errors/index.ts';
import { HeaderValidator } from '../security/header-validator.ts';
import { withinDeadline } from './deadline.ts';
import { InFlightCounter } from './in-flight.ts';
import { createSignalCleanup } from './signal-cleanup.ts';

/** What an entry passes with a request. */
interface RunOptions {
  readonly options: CallOptions;
  /** The caller's signal, if there is one. */
  readonly signal?: AbortSignal | null | undefined;
  /** Called with the call before it is sent. */
  readonly onCall?: (call: Call) => void;
}

/** Runs the calls of both entries, `client.fetch` and ky's. */
export interface CallRunner {
  /** Sends a request through the stages, within the call's total time. */
  run(request: ClientRequest, options: RunOptions): Promise<Response>;
  /** Refuses new calls. Resolves when those in flight have their response headers. */
  close(): Promise<void>;
}

/** Makes the runner of one client, over its composed stages. */
export function createCallRunner(send: Send, { timeout, totalTimeout, facts: { clock } }: Settings): CallRunner {
  const inFlight = new InFlightCounter();
  const signals = createSignalCleanup();
  const headerValidator = new HeaderValidator();
  let isClosed = false;

  async function runOpen(request: ClientRequest, { options, signal, onCall }: RunOptions): Promise<Response> {
    signal?.throwIfAborted();
    checkCallOptions(options);
    const attemptTimeoutMs = toMs(options.timeout ?? timeout);
    const totalTimeoutMs = toMs(options.totalTimeout ?? totalTimeout);
    const call = new Call({ options, signal, clock, headerValidator, attemptTimeoutMs, totalTimeoutMs });
    onCall?.(call);
    try {
      const response = await withinDeadline(request, call, { send, clock });
      return signal ? signals.releaseAfterBody(response, call) : response;
    } catch (cause) {
      call.release();
      throw cause;
    }
  }

  return {
    async run(request, options) {
      if (isClosed) throw new ClientClosedError();
      inFlight.add();
      try {
        return await runOpen(request, options);
      } finally {
        inFlight.remove();
      }
    },
    close() {
      isClosed = true;
      return inFlight.whenIdle();
    },
  };
}

const toMs = (duration: number | false): number => (duration === false ? Infinity : duration);

import { Call } from '../core/call.ts';
import type { CallOptions } from '../core/call.ts';
import { checkCallOptions } from '../client-options.ts';
import type { Settings } from '../client-options.ts';
import { withinDeadline } from './deadline.ts';
import { ClientClosedError } from '../errors/index.ts';
import type { Payload } from '../body/request-body.ts';
import { HeaderValidator } from '../security/header-validator.ts';
import { releaser } from './signal-cleanup.ts';
import type { Send } from '../core/stage.ts';
import { Tally } from './in-flight.ts';

/** What a door hands over with a request. */
interface Errand {
  readonly options: CallOptions;
  /** The caller's own, if there is one. */
  readonly signal?: AbortSignal | null | undefined;
  readonly fetchOptions?: Readonly<Record<string, unknown>> | undefined;
  /** Told when the call begins. */
  readonly onCall?: (call: Call) => void;
}

/** Where both doors (ky's and `fetch`'s) hand their requests in. */
export interface Desk {
  /** Sends a request down the stack, within the call's total budget. */
  call(payload: Payload, errand: Errand): Promise<Response>;
  /** Takes no more calls; answers when those under way have their response heads. */
  close(): Promise<void>;
}

/** Opens the desk in front of a composed stack. */
export function openDesk(send: Send, { timeout, totalTimeout, facts: { clock } }: Settings): Desk {
  const underWay = new Tally();
  const signals = releaser();
  const headerCheck = new HeaderValidator();
  let isClosed = false;

  async function answer(payload: Payload, errand: Errand): Promise<Response> {
    errand.signal?.throwIfAborted();
    checkCallOptions(errand.options);
    const { options, fetchOptions, signal, onCall } = errand;
    const attemptTimeoutMs = msOf(options.timeout ?? timeout);
    const totalTimeoutMs = msOf(options.totalTimeout ?? totalTimeout);
    const { request, source, repeatable } = payload;
    const times = { clock, attemptTimeoutMs, totalTimeoutMs };
    const call = new Call({ ...times, options, fetchOptions, signal, source, repeatable, headerCheck });
    onCall?.(call);
    try {
      const response = await withinDeadline(request, call, { send, clock });
      return signal ? signals.after(response, call) : response;
    } catch (cause) {
      call.release();
      throw cause;
    }
  }

  return {
    async call(payload, errand) {
      if (isClosed) throw new ClientClosedError();
      underWay.add();
      try {
        return await answer(payload, errand);
      } finally {
        underWay.take();
      }
    },
    close() {
      isClosed = true;
      return underWay.none();
    },
  };
}

const msOf = (duration: number | false): number => (duration === false ? Infinity : duration);

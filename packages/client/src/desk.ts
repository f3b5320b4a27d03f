import { Call } from './call.ts';
import type { CallOptions, CallParts } from './call.ts';
import { checkCallOptions } from './client-options.ts';
import type { Settings } from './client-options.ts';
import { withinDeadline } from './deadline.ts';
import { ClientClosedError } from './errors.ts';
import { originOf } from './origin.ts';
import type { Send } from './stage.ts';

/** What a door hands over with a request. */
type Errand = Pick<CallParts, 'source' | 'repeatable' | 'fetchOptions'> & { readonly options: CallOptions };

/** Where both doors (ky's and `fetch`'s) hand their requests in. */
export interface Desk {
  /** Sends a request down the stack, within the call's total budget. */
  call(request: Request, errand: Errand): Promise<Response>;
  /** Takes no more calls; answers when those under way have their response heads. */
  close(): Promise<void>;
}

/** Opens the desk in front of a composed stack. */
export function openDesk(send: Send, { timeout, totalTimeout, facts: { clock } }: Settings): Desk {
  const underWay = new Set<Promise<unknown>>();
  let isClosed = false;

  async function answer(request: Request, errand: Errand): Promise<Response> {
    const { signal } = request;
    signal.throwIfAborted();
    checkCallOptions(errand.options);
    const budgetMs = errand.options.totalTimeout ?? totalTimeout;
    const totalTimeoutMs = budgetMs === false ? Infinity : budgetMs;
    const attemptMs = errand.options.timeout ?? timeout;
    const attemptTimeoutMs = attemptMs === false ? Infinity : attemptMs;
    const call = new Call({ ...errand, signal, clock, attemptTimeoutMs, totalTimeoutMs });
    const deadline = { budgetMs: totalTimeoutMs, origin: originOf(request.url), clock };
    return withinDeadline(call, deadline, () => send(request, call));
  }

  return {
    async call(request, errand) {
      if (isClosed) throw new ClientClosedError();
      const answered = answer(request, errand);
      underWay.add(answered);
      try {
        return await answered;
      } finally {
        underWay.delete(answered);
      }
    },
    async close() {
      isClosed = true;
      await Promise.allSettled(underWay);
    },
  };
}

import { addBodyHook } from '../body/hooked-body.ts';
import type { Call } from '../core/call.ts';

/** Removes the listeners of finished calls from their callers' signals. */
export interface SignalCleanup {
  /** Releases the call when the response's body has ended, failed, been cancelled, or been collected unread. */
  releaseAfterBody(response: Response, call: Call): Response;
}

/** Makes the cleanup of one client. It holds no response: one that is not read can be collected. */
export function createSignalCleanup(): SignalCleanup {
  const unread = new FinalizationRegistry<Call>((call) => call.release());
  return {
    releaseAfterBody(response, call) {
      unread.register(response, call, response);
      // the hook holds the response: while its stream is read, the call is not over, even if the caller drops it
      const end = (): void => {
        call.release();
        unread.unregister(response);
      };
      return addBodyHook(response, { end });
    },
  };
}

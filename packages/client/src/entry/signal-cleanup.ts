import { addBodyHook } from '../body/hooked-body.ts';
import type { Call } from '../core/call.ts';

/** Lets go of callers' signals when calls are over. */
export interface Releaser {
  /** Releases when the response's body has ended, failed, been cancelled, or been dropped unread and collected. */
  after(response: Response, call: Call): Response;
}

/** Makes a releaser, which knows of the responses that it has not released for, as long as they are there. */
export function releaser(): Releaser {
  const unread = new FinalizationRegistry<Call>((call) => call.release());
  return {
    after(response, call) {
      unread.register(response, call, response);
      // the tap holds the response: whoever reads its stream need not, and is not done with the call
      const end = (): void => {
        call.release();
        unread.unregister(response);
      };
      return addBodyHook(response, { end });
    },
  };
}

import type { Outcome } from './outcome.ts';

/** What is watched, and who is told how it ended. */
export interface Watch {
  readonly signal: AbortSignal;
  readonly tell: (outcome: Outcome) => void;
}

/**
 * Sends, and tells exactly once how it ended: with a response, with an error, or with an abort.
 *
 * The abort is told when it happens: whoever sends may not have noticed, may tell it as another error, or may never
 * answer. What the caller gets is not touched.
 */
export async function watched(send: () => Promise<Response>, { signal, tell }: Watch): Promise<Response> {
  let isTold = false;
  const end = (outcome: Outcome): void => {
    if (!isTold) tell(outcome);
    isTold = true;
  };
  const abort = (): void => end({ error: signal.reason, isAbort: true });
  signal.addEventListener('abort', abort, { once: true });
  try {
    const response = await send();
    end({ response });
    return response;
  } catch (error) {
    end({ error, isAbort: signal.aborted && error === signal.reason });
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

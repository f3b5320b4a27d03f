import type { Outcome } from './outcome.ts';

/** Options of `observeOutcome`. */
export interface OutcomeObserver {
  readonly signal: AbortSignal;
  readonly report: (outcome: Outcome) => void;
}

/**
 * Sends a request and reports its outcome exactly once: a response, an error or an abort.
 *
 * An abort is reported at once, because the transport may ignore it, turn it into another error, or never settle. The
 * result for the caller does not change.
 */
export async function observeOutcome(
  send: () => Promise<Response>,
  { signal, report }: OutcomeObserver,
): Promise<Response> {
  let isReported = false;
  const end = (outcome: Outcome): void => {
    if (!isReported) report(outcome);
    isReported = true;
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

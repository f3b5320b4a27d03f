import { isBearingsError } from '@bearings/client';

/**
 * The reasons that undici gets for an abort. Callers never see them.
 *
 * One error each for all aborts, without a stack: V8 keeps the receivers of a stack's frames alive, and one of them is the
 * response.
 */
export const abortReasons: Readonly<Record<'abandoned' | 'timedOut', Error>> = {
  abandoned: withoutStack('The response is not needed any more'),
  /** The server had the request, and did not answer in time. */
  timedOut: withoutStack('There was no response in time'),
};

/** The reason for undici when a call ends with this. */
export const toAbortReason = (reason: unknown): Error =>
  isBearingsError(reason, 'ATTEMPT_TIMEOUT') ||
  (isBearingsError(reason, 'DEADLINE_EXCEEDED') && reason.phase === 'attempt')
    ? abortReasons.timedOut
    : abortReasons.abandoned;

function withoutStack(message: string): Error {
  const error = new Error(message);
  Object.defineProperty(error, 'stack', { value: undefined });
  return error;
}

import { tapBody } from './body.ts';

/** A signal for the time of one call. */
export interface Follower {
  readonly signal: AbortSignal;
  /** Leaves nothing on the caller's signal. */
  readonly release: () => void;
}

/**
 * A signal that follows the caller's, until it is released.
 *
 * A caller's signal may live as long as the process, and what hangs on it (a listener, a signal made by
 * `AbortSignal.any` that somebody listens to) lives as long. Stages and the network get this one instead.
 */
export function follow(signal: AbortSignal | null | undefined): Follower {
  const own = new AbortController();
  if (!signal) return { signal: own.signal, release: () => {} };
  const abort = (): void => own.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return { signal: own.signal, release: () => signal.removeEventListener('abort', abort) };
}

/** Lets go of callers' signals when calls are over. */
export interface Releaser {
  /** Releases when the response's body has ended, failed, been cancelled, or been dropped unread and collected. */
  after(response: Response, release: () => void): Response;
}

/** Makes a releaser, which knows of the responses that it has not released for, as long as they are there. */
export function releaser(): Releaser {
  const unread = new FinalizationRegistry<() => void>((release) => release());
  return {
    after(response, release) {
      const key = {};
      unread.register(response, release, key);
      const end = (): void => {
        release();
        unread.unregister(key);
      };
      return tapBody(response, { end });
    },
  };
}

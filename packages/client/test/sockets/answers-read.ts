import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { onTestFinished } from 'vitest';

/** Tells when the client's end of a connection has read answers to their end, so that it is free for the next call. */
export interface AnswersRead {
  /** Answers when so many answers of the origin have been read whole. */
  reached(count: number): Promise<void>;
}

/** Watches through the diagnostics of the platform's `fetch`: from outside, a free connection looks like one in use. */
export function answersRead(origin: string): AnswersRead {
  let read = 0;
  const waiting = new Map<number, PromiseWithResolvers<void>>();
  const count = (message: unknown): void => {
    const { request } = message as { request: { origin: string } };
    if (request.origin === origin) waiting.get((read += 1))?.resolve();
  };
  subscribe('undici:request:trailers', count);
  onTestFinished(() => void unsubscribe('undici:request:trailers', count));
  return {
    async reached(wanted) {
      if (read >= wanted) return;
      const moment = Promise.withResolvers<void>();
      waiting.set(wanted, moment);
      await moment.promise;
    },
  };
}

import { addBodyHook } from '../body/hooked-body.ts';
import type { Read } from '../body/body-hooks.ts';
import type { Call } from '../core/call.ts';
import type { CancelScope } from '../core/cancel-scope.ts';
import type { ClientRequest } from '../core/request.ts';
import type { Clock } from '../time/clock.ts';
import { AttemptTimeoutError, BodyTimeoutError } from '../errors/index.ts';
import type { Stage } from '../core/stage.ts';

/** The time limits of a client that this stage needs. */
export interface TimeoutOptions {
  /** Longest pause between two chunks of the body, in milliseconds; `false` for no limit. */
  readonly bodyTimeout: number | false;
}

/**
 * Limits the time of each attempt until the response headers arrive, and then each pause of the body.
 *
 * It is inside `auth`, so waiting for a token does not use up an attempt's time.
 *
 * @throws AttemptTimeoutError when no response headers arrived in time; the caller's own abort passes through unchanged
 */
export function timeout(defaults: TimeoutOptions): Stage {
  return (next, { clock }) => {
    /** Waits for the response headers within the limit, also when the transport ignores the cancellation. */
    async function sendInTime(request: ClientRequest, call: Call, attempt: CancelScope): Promise<Response> {
      const { attemptTimeoutMs: limitMs } = call;
      const cancel =
        limitMs === Infinity
          ? undefined
          : clock.schedule(limitMs, () => attempt.cancel(new AttemptTimeoutError(request, limitMs, request.canReplay)));
      try {
        return await attempt.race(next(request, call));
      } finally {
        cancel?.();
        call.endAttempt();
      }
    }

    return async (request, call) => {
      const attempt = call.startAttempt();
      const response = await sendInTime(request, call, attempt);
      const idleMs = call.options.bodyTimeout ?? defaults.bodyTimeout;
      if (idleMs === false) return response;
      return addBodyHook(response, {
        read: (read) => readInTime(read, { request, attempt, clock, idleMs }),
        onlyWhenWaiting: true,
      });
    };
  };
}

interface ReadContext {
  readonly request: ClientRequest;
  readonly attempt: CancelScope;
  readonly clock: Clock;
  readonly idleMs: number;
}

/**
 * Limits the time of a read. Only the server can exceed it: between reads no time counts.
 *
 * It ends the attempt and not the call: the body may be that of an earlier attempt, which is discarded.
 */
async function readInTime(read: Read, { request, attempt, clock, idleMs }: ReadContext): ReturnType<Read> {
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<Read>>>();
  const cancel = clock.schedule(idleMs, () => {
    const late = new BodyTimeoutError(request, idleMs);
    reject(late);
    attempt.cancel(late); // a body that is read as one piece cannot be cancelled itself: its connection would stay open
  });
  read().then(resolve, reject);
  try {
    return await promise;
  } finally {
    cancel();
  }
}

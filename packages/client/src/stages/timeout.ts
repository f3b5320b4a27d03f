import { addBodyHook } from '../body/hooked-body.ts';
import type { Read } from '../body/body-hooks.ts';
import type { Call } from '../core/call.ts';
import type { ClientRequest } from '../core/request.ts';
import type { Clock } from '../time/clock.ts';
import { AttemptTimeoutError, BodyTimeoutError } from '../errors/index.ts';
import { parseOrigin } from '../security/url.ts';
import type { Stage } from '../core/stage.ts';

/** What a client sets for every call. */
export interface TimeoutOptions {
  /** How long a body may stand still, in milliseconds; `false` for no limit. */
  readonly bodyTimeout: number | false;
}

/**
 * Gives each attempt its own time: a budget until the response head, then one for every pause of the body.
 *
 * It sits inside `auth`, so waiting for a token takes nothing from an attempt.
 *
 * @throws AttemptTimeoutError when no head came in time; the caller's own abort passes through as is
 */
export function timeout(defaults: TimeoutOptions): Stage {
  return (next, { clock }) => {
    /** Waits for the head, but no longer than the attempt may last, also when the network does not notice. */
    async function head(request: ClientRequest, call: Call): Promise<Response> {
      const headMs = call.attemptTimeoutMs;
      const attempt = call.startAttempt();
      const cancel =
        headMs === Infinity
          ? undefined
          : clock.schedule(headMs, () =>
              attempt.cancel(new AttemptTimeoutError(parseOrigin(request.url), headMs, request.canReplay)),
            );
      try {
        return await attempt.race(next(request, call));
      } finally {
        cancel?.();
        call.endAttempt();
      }
    }

    return async (request, call) => {
      const response = await head(request, call);
      const idleMs = call.options.bodyTimeout ?? defaults.bodyTimeout;
      if (idleMs === false) return response;
      return addBodyHook(response, {
        read: (read) => notIdle(read, { request, call, clock, idleMs }),
        onlyWhenWaiting: true,
      });
    };
  };
}

/** Counts only while a read waits: a caller who reads slowly is not a server that stands still. */
async function notIdle(
  read: Read,
  { request, call, clock, idleMs }: { request: ClientRequest; call: Call; clock: Clock; idleMs: number },
): ReturnType<Read> {
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<Read>>>();
  const cancel = clock.schedule(idleMs, () => {
    const late = new BodyTimeoutError(parseOrigin(request.url), idleMs);
    reject(late);
    call.cancel(late); // a read as one piece has nothing that could be cancelled: its connection would stay open
  });
  read().then(resolve, reject);
  try {
    return await promise;
  } finally {
    cancel();
  }
}

import { tapBody } from '../body.ts';
import type { Read } from '../body.ts';
import type { Call } from '../call.ts';
import type { Clock } from '../clock.ts';
import { AttemptTimeoutError, BodyTimeoutError } from '../errors.ts';
import { originOf } from '../origin.ts';
import type { Send, Stage } from '../stage.ts';
import { untilAborted } from '../until-aborted.ts';

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
  return (next, { clock }) =>
    async (request, call) => {
      const { bodyTimeout: idleMs = defaults.bodyTimeout } = call.options;
      const headMs = call.attemptTimeoutMs;
      call.phase = 'attempt';
      const response =
        headMs === Infinity
          ? await untilAborted(next(request, call), call.signal)
          : await inTime(next, { request, call, clock, headMs });
      return idleMs === false
        ? response
        : tapBody(response, { read: (read) => notIdle(read, { request, clock, idleMs }) });
    };
}

async function inTime(
  next: Send,
  { request, call, clock, headMs }: { request: Request; call: Call; clock: Clock; headMs: number },
): Promise<Response> {
  const attempt = new AbortController();
  const outer = call.signal;
  const cancel = clock.schedule(headMs, () =>
    attempt.abort(new AttemptTimeoutError(originOf(request.url), headMs, call.isBodyGone(request))),
  );
  call.signal = AbortSignal.any([outer, attempt.signal]);
  try {
    return await untilAborted(next(request, call), call.signal); // also when the network does not notice
  } finally {
    cancel();
    call.signal = outer;
  }
}

/** Counts only while a read waits: a caller who reads slowly is not a server that stands still. */
async function notIdle(
  read: Read,
  { request, clock, idleMs }: { request: Request; clock: Clock; idleMs: number },
): ReturnType<Read> {
  const idle = new AbortController();
  const cancel = clock.schedule(idleMs, () => idle.abort(new BodyTimeoutError(originOf(request.url), idleMs)));
  try {
    return await untilAborted(read(), idle.signal);
  } finally {
    cancel();
  }
}

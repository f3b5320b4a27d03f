import { tapBody } from './body.ts';
import type { Call } from './call.ts';
import type { Clock } from './clock.ts';
import { DeadlineExceededError } from './errors.ts';
import { originOf } from './origin.ts';
import type { Send } from './stage.ts';
import { untilAborted } from './until-aborted.ts';

interface Departure {
  readonly send: Send;
  readonly clock: Clock;
}

/**
 * Ends a call when its total budget is spent, whatever it is doing then: waiting for a token, for an attempt, for the
 * next one, or reading the body.
 *
 * @throws DeadlineExceededError with the last failure as its cause
 */
export async function withinDeadline(request: Request, call: Call, { send, clock }: Departure): Promise<Response> {
  const { totalTimeoutMs: budgetMs } = call;
  if (budgetMs === Infinity) return send(request, call);
  const origin = originOf(request.url);
  const deadline = new AbortController();
  const expire = (): void => {
    const { attempt: attempts, phase, lastFailure: cause } = call;
    deadline.abort(new DeadlineExceededError({ origin, budgetMs, attempts, phase, cause }));
  };
  // what the call waits for keeps the process alive; a body that nobody reads should not
  const cancel = clock.schedule(budgetMs, expire, { background: true });
  call.signal = AbortSignal.any([call.signal, deadline.signal]);
  try {
    const response = await untilAborted(send(request, call), deadline.signal);
    call.phase = 'body';
    return tapBody(response, { read: (read) => untilAborted(read(), deadline.signal), end: cancel });
  } catch (cause) {
    cancel();
    throw cause;
  }
}

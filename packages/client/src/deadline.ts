import { tapBody } from './body.ts';
import type { Call } from './call.ts';
import type { Clock } from './clock.ts';
import { DeadlineExceededError } from './errors.ts';
import { untilAborted } from './until-aborted.ts';

/** What a call's total budget is kept with. */
export interface Deadline {
  readonly budgetMs: number;
  readonly origin: string;
  readonly clock: Clock;
}

/**
 * Ends a call when its total budget is spent, whatever it is doing then: waiting for a token, for an attempt, for the
 * next one, or reading the body.
 *
 * @throws DeadlineExceededError with the last failure as its cause
 */
export async function withinDeadline(
  call: Call,
  { budgetMs, origin, clock }: Deadline,
  send: () => Promise<Response>,
): Promise<Response> {
  if (budgetMs === Infinity) return send();
  const deadline = new AbortController();
  const expire = (): void => {
    const { attempt: attempts, phase, lastFailure: cause } = call;
    deadline.abort(new DeadlineExceededError({ origin, budgetMs, attempts, phase, cause }));
  };
  // what the call waits for keeps the process alive; a body that nobody reads should not
  const cancel = clock.schedule(budgetMs, expire, { background: true });
  call.signal = AbortSignal.any([call.signal, deadline.signal]);
  try {
    const response = await untilAborted(send(), deadline.signal);
    call.phase = 'body';
    return tapBody(response, { read: (read) => untilAborted(read(), deadline.signal), end: cancel });
  } catch (cause) {
    cancel();
    throw cause;
  }
}

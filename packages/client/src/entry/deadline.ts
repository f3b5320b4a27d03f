import { addBodyHook } from '../body/hooked-body.ts';
import type { Call } from '../core/call.ts';
import type { Clock } from '../time/clock.ts';
import { DeadlineExceededError } from '../errors/index.ts';
import { parseOrigin } from '../security/url.ts';
import type { Send } from '../core/stage.ts';

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
export function withinDeadline(request: Request, call: Call, departure: Departure): Promise<Response> {
  return call.totalTimeoutMs === Infinity ? departure.send(request, call) : bounded(request, call, departure);
}

async function bounded(request: Request, call: Call, { send, clock }: Departure): Promise<Response> {
  const { totalTimeoutMs: budgetMs } = call;
  const origin = parseOrigin(request.url);
  const expire = (): void => {
    const { attempt: attempts, phase, lastFailure: cause } = call;
    call.cancel(new DeadlineExceededError({ origin, budgetMs, attempts, phase, cause }));
  };
  // what the call waits for keeps the process alive; a body that nobody reads should not
  const cancel = clock.schedule(budgetMs, expire, { background: true });
  try {
    const response = await call.race(send(request, call));
    call.phase = 'body';
    return addBodyHook(response, { read: (read) => call.race(read()), end: cancel });
  } catch (cause) {
    cancel();
    throw cause;
  }
}

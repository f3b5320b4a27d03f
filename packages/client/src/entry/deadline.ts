import { addBodyHook } from '../body/hooked-body.ts';
import type { Call } from '../core/call.ts';
import type { ClientRequest } from '../core/request.ts';
import type { Send } from '../core/stage.ts';
import { DeadlineExceededError } from '../errors/index.ts';
import { parseOrigin } from '../security/url.ts';
import type { Clock } from '../time/clock.ts';

interface DeadlineContext {
  readonly send: Send;
  readonly clock: Clock;
}

/**
 * Ends a call when its total time is over, whatever it is doing then: waiting for a token, for a response, for the next
 * attempt, or reading the body.
 *
 * @throws DeadlineExceededError with the last failure as its cause
 */
export function withinDeadline(request: ClientRequest, call: Call, context: DeadlineContext): Promise<Response> {
  return call.totalTimeoutMs === Infinity ? context.send(request, call) : sendWithDeadline(request, call, context);
}

async function sendWithDeadline(
  request: ClientRequest,
  call: Call,
  { send, clock }: DeadlineContext,
): Promise<Response> {
  const { totalTimeoutMs: budgetMs } = call;
  const origin = parseOrigin(request.url);
  const expire = (): void => {
    const { attempt: attempts, phase, lastFailure: cause } = call;
    call.cancel(new DeadlineExceededError({ origin, budgetMs, attempts, phase, cause }));
  };
  // waiting for the response keeps the process alive; an unread body does not
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

import { addBodyHook } from '../body/hooked-body.ts';
import type { Call } from '../core/call.ts';
import type { ClientRequest } from '../core/request.ts';
import type { Send } from '../core/stage.ts';
import { DeadlineExceededError } from '../errors/index.ts';
import type { FailedRequest } from '../errors/request-failure.ts';
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
  const expire = (): void => {
    const { attempt: attempts, phase, lastFailure: cause } = call;
    call.cancel(new DeadlineExceededError({ request, budgetMs, attempts, phase, cause }));
  };
  // waiting for the response keeps the process alive; an unread body does not
  const cancel = clock.schedule(call.remainingMs(), expire, { background: true });
  try {
    const response = await call.race(send(request, call));
    call.phase = 'body';
    return addBodyHook(response, { read: (read) => call.race(read()), end: cancel });
  } catch (cause) {
    cancel();
    throw cause;
  }
}

/** A time limit for work that is done outside the stages. */
interface TimerContext {
  readonly clock: Clock;
  readonly remainingMs: number;
  /** Makes the error for when the time is over. */
  readonly expire: () => Error;
}

/** Waits for `work`, but no longer than the time that remains. The work itself goes on. */
export async function raceTimer<T>(
  work: () => T | PromiseLike<T>,
  { clock, remainingMs, expire }: TimerContext,
): Promise<Awaited<T>> {
  if (remainingMs <= 0) throw expire();
  const late = Promise.withResolvers<never>();
  const cancel = clock.schedule(remainingMs, () => late.reject(expire()));
  try {
    return await Promise.race([work(), late.promise]);
  } finally {
    cancel();
  }
}

/**
 * Waits for what is done with the body of a call, such as a check by a schema, but no longer than the call lasts.
 *
 * @throws DeadlineExceededError
 */
export async function raceDeadline<T>(work: () => Promise<T>, call: Call, context: BodyContext): Promise<T> {
  const { totalTimeoutMs: budgetMs, attempt: attempts, lastFailure: cause } = call;
  if (budgetMs === Infinity) return work();
  const { request, clock } = context;
  const facts = { request, budgetMs, attempts, phase: 'parse', cause } as const;
  return raceTimer(work, { clock, remainingMs: call.remainingMs(), expire: () => new DeadlineExceededError(facts) });
}

interface BodyContext {
  readonly request: FailedRequest;
  readonly clock: Clock;
}

import { Call } from '../src/core/call.ts';
import type { CallContext } from '../src/core/call.ts';
import type { ClientContext, Send } from '../src/core/stage.ts';
import { virtualClock } from '@bearings/testing';

/** A call as the runner would make it, to pass to a single stage. */
export function oneCall(parts: Partial<CallContext> = {}): Call {
  return new Call({
    options: {},
    clock: virtualClock(),
    attemptTimeoutMs: Infinity,
    totalTimeoutMs: Infinity,
    ...parts,
  });
}

/** The context of a client with default options. */
export function factsWith(facts: Partial<ClientContext> = {}): ClientContext {
  return { slot: 'transport', baseUrl: undefined, clock: virtualClock(), random: () => 0, ...facts };
}

/** The next stage of one that is the last: it must not be called. */
export const nothingAfter: Send = () => Promise.reject(new Error('called what comes after'));

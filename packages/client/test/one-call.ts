import { Call } from '../src/core/call.ts';
import type { CallParts } from '../src/core/call.ts';
import type { ClientContext, Send } from '../src/core/stage.ts';
import { virtualClock } from '@bearings/testing';

/** A call as the desk would make it, to hand to a single stage. */
export function oneCall(parts: Partial<CallParts> = {}): Call {
  return new Call({
    options: {},
    clock: virtualClock(),
    attemptTimeoutMs: Infinity,
    totalTimeoutMs: Infinity,
    repeatable: true,
    ...parts,
  });
}

/** The facts of a client with nothing special about it. */
export function factsWith(facts: Partial<ClientContext> = {}): ClientContext {
  return { slot: 'transport', baseUrl: undefined, clock: virtualClock(), random: () => 0, ...facts };
}

/** What a stage that is the last of its stack may call: nothing. */
export const nothingAfter: Send = () => Promise.reject(new Error('called what comes after'));

import type { Call } from './call.ts';
import type { Clock } from '../time/clock.ts';
import type { Slot } from './slots.ts';

/** Sends one request and answers with the head of its response. */
export type Send = (request: Request, call: Call) => Promise<Response>;

/**
 * One concern of the stack: takes what comes after it, gives back the same with the concern added.
 *
 * A stage is built once, at `createClient`, and is told then what it may want to know of its client. It knows no other
 * stage.
 */
export type Stage = (next: Send, client: ClientContext) => Send;

/** What a stage is told about the client it is built into. */
export interface ClientContext {
  /** The slot the stage is built into: one that belongs elsewhere can say so. */
  readonly slot: Slot;
  /** The URL that relative paths are resolved against, when there is one. */
  readonly baseUrl: URL | undefined;
  readonly clock: Clock;
  /** A number in [0, 1), as `Math.random`. */
  readonly random: () => number;
}

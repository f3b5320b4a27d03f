import type { Clock } from '../time/clock.ts';
import type { Call } from './call.ts';
import type { StatusPart } from './client-status.ts';
import type { ClientRequest } from './request.ts';
import type { Slot } from './slots.ts';

/** Sends one request and answers with the head of its response. */
export type Send = (request: ClientRequest, call: Call) => Promise<Response>;

/**
 * One concern of the stack: takes what comes after it, and returns the same with the concern added.
 *
 * A stage is built once, by `createClient`, which gives it the facts of its client. It knows no other stage.
 */
export type Stage = (next: Send, client: ClientContext) => Send;

/** The facts of the client that a stage is built into. */
export interface ClientContext {
  /** The slot the stage is built into: a stage that belongs elsewhere can throw. */
  readonly slot: Slot;
  /** The URL that relative paths are resolved against, when there is one. */
  readonly baseUrl: URL | undefined;
  readonly clock: Clock;
  /** A number in [0, 1), as `Math.random`. */
  readonly random: () => number;
  /** True when the transport presents a client certificate (mTLS), as far as that is known. Default: false. */
  readonly hasClientCertificate?: boolean;
  /** Adds a part to `client.status()`. `read` is called each time the status is read, and must not throw. */
  readonly addStatus?: (read: () => StatusPart) => void;
}

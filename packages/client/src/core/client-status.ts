import type { CircuitState } from '../stages/circuit-breaker/circuit.ts';

/** The circuit of one origin. Instants are milliseconds since the epoch. */
export interface CircuitStatus {
  readonly origin: string;
  readonly state: CircuitState;
  /** When the next call is sent as a probe; absent while the circuit is closed. */
  readonly retryAt?: number;
  /** Calls that were not sent because the circuit was open. */
  readonly refused: number;
}

/** What a client shows of itself now. Holds no path, header or secret. */
export interface ClientStatus {
  /** Calls since the client was created. */
  readonly calls: number;
  /** Calls without response headers yet, and those that wait before a retry or in the queue. */
  readonly inFlight: number;
  /** Retries since the client was created. */
  readonly retries: number;
  /** The queue of a client that limits its concurrency: calls that wait now, and how many may wait. */
  readonly queue?: { readonly waiting: number; readonly limit: number };
  /** The circuits of a client with a circuit breaker, the least recently used first. */
  readonly circuits?: readonly CircuitStatus[];
}

/** The part of the status that one stage knows. */
export type StatusPart = Partial<Pick<ClientStatus, 'retries' | 'queue' | 'circuits'>>;

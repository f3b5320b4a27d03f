import type { CircuitStatus } from '../../core/client-status.ts';
import { notifyListener } from '../../core/notify-listener.ts';
import type { Call } from '../../core/call.ts';
import type { ClientRequest } from '../../core/request.ts';
import { CircuitOpenError, isBearingsError } from '../../errors/index.ts';
import { parseOrigin } from '../../security/url.ts';
import type { Clock } from '../../time/clock.ts';
import { createCircuit } from './circuit.ts';
import type { CircuitRules, CircuitState, Verdict } from './circuit.ts';

/** A state change of the circuit of an origin. Instants are milliseconds since the epoch. */
export interface CircuitChange {
  readonly origin: string;
  readonly state: CircuitState;
  readonly at: number;
  /** When the next call is sent as a probe. Present when the circuit has opened. */
  readonly retryAt?: number;
}

/** What circuits need from the client. */
export interface CircuitContext {
  readonly clock: Clock;
  readonly onStateChange: (change: CircuitChange) => unknown;
}

/** The circuit of one origin, as the stage uses it. */
interface OriginCircuit {
  readonly origin: string;
  /** How every URL of the origin begins. */
  readonly prefix: string;
  isClosed(): boolean;
  /** A number that {@link record} takes; `undefined` when the call must not be sent. */
  permit(): number | undefined;
  /** Records how a call with this permit ended. */
  record(permit: number, verdict: Verdict, error?: unknown): void;
  /** The error of a call without a permit. */
  openError(request: ClientRequest, call: Call): CircuitOpenError;
  status(): CircuitStatus;
  /** Reports an open circuit as closed, and nothing after that. */
  dispose(): void;
}

/** The circuits of a client. */
export interface OriginCircuits {
  /** The circuit for the origin of a URL, created on first use. */
  find(url: string): OriginCircuit;
  /** All circuits, the least recently used first. */
  statuses(): readonly CircuitStatus[];
}

const maxOrigins = 1_000;

/** Creates an empty set of circuits, one per origin. */
export function createOriginCircuits(rules: CircuitRules, context: CircuitContext): OriginCircuits {
  const circuits = new Map<string, OriginCircuit>(); // the least recently used first
  let latest: OriginCircuit | undefined;
  return {
    statuses: () => [...circuits.values()].map((each) => each.status()),
    find(url) {
      if (latest !== undefined && url.startsWith(latest.prefix)) return latest; // without parsing the URL
      const origin = parseOrigin(url);
      const found = circuits.get(origin) ?? createOriginCircuit(origin, rules, context);
      latest = found;
      circuits.delete(origin);
      const evicted = circuits.size < maxOrigins ? undefined : findEvictable(circuits);
      if (evicted !== undefined) circuits.delete(evicted.origin);
      circuits.set(origin, found);
      evicted?.dispose();
      return found;
    },
  };
}

/** The least recently used closed circuit: without an open one, calls would go to a dead server again. */
function findEvictable(circuits: ReadonlyMap<string, OriginCircuit>): OriginCircuit | undefined {
  for (const each of circuits.values()) if (each.isClosed()) return each;
  const [oldest] = circuits.values();
  return oldest;
}

function createOriginCircuit(origin: string, rules: CircuitRules, context: CircuitContext): OriginCircuit {
  const { clock, onStateChange } = context;
  const circuit = createCircuit(rules, () => clock.monotonic());
  let isDisposed = false;
  let refused = 0;
  /** The error that opened the circuit. Never a response, which would keep its body in memory. */
  let failure: unknown;

  const probeAt = (): number => Math.ceil(clock.now() + circuit.waitMs);

  function report(state: CircuitState): void {
    if (isDisposed) return;
    const retryAt = state === 'open' ? { retryAt: probeAt() } : {};
    void notifyListener(onStateChange, Object.freeze({ origin, state, at: clock.now(), ...retryAt })); // never rejects
  }

  return {
    origin,
    prefix: `${origin}/`,
    isClosed: () => circuit.state === 'closed',
    permit() {
      const before = circuit.state;
      const permit = circuit.permit();
      if (circuit.state !== before) report(circuit.state);
      return permit;
    },
    record(permit, verdict, error) {
      const before = circuit.state;
      circuit.record(permit, verdict);
      if (circuit.state === before) return;
      failure = circuit.state === 'open' && isBearingsError(error) ? error : undefined;
      report(circuit.state);
    },
    openError(request, { lastFailure }) {
      refused += 1;
      return new CircuitOpenError(request, probeAt(), lastFailure ?? failure);
    },
    status: () => toStatus({ origin, state: circuit.state, refused }, probeAt()),
    dispose() {
      if (circuit.state !== 'closed') report('closed');
      isDisposed = true;
    },
  };
}

const toStatus = (status: CircuitStatus, retryAt: number): CircuitStatus =>
  status.state === 'closed' ? status : { ...status, retryAt };

import type { Context, TextMapPropagator } from '@opentelemetry/api';
import { propagation } from '@opentelemetry/api';
import type { Call, ClientRequest } from '@bearings/client/layer';
import type { Propagate, TelemetrySettings } from './telemetry-options.ts';

/** A request that is about to go out. */
interface Departure {
  readonly request: ClientRequest;
  readonly call: Call;
  /** Where to. */
  readonly origin: string;
  /** Where the call was meant to go. */
  readonly home: string;
}

/** Puts the trace's headers on a call, when they may go where it goes. */
export type Inject = (context: Context, departure: Departure) => void;

type Headings = ReadonlyMap<string, string>;

const none: Headings = new Map();

/**
 * Makes what puts the trace's headers on calls, anew for each request that goes out.
 *
 * A redirect to another origin leaves them behind, as it does credentials: baggage may hold what is nobody else's
 * business.
 */
export function injector({ propagator, propagate }: TelemetrySettings): Inject {
  const mayGo = destinations(propagate);
  const carried = new WeakMap<Call, Headings>();
  return (context, departure) => {
    const { call, origin, home } = departure;
    const now = mayGo(origin, home) ? written(context, propagator) : none;
    takeOff(carried.get(call) ?? none, now, departure);
    for (const [name, value] of now) putOn(call, name, value);
    if (now.size > 0) carried.set(call, now);
  };
}

function destinations(propagate: Propagate): (origin: string, home: string) => boolean {
  if (propagate === 'everywhere') return () => true;
  if (propagate === 'nowhere') return () => false;
  if (propagate === 'origin') return (origin, home) => origin === home;
  return (origin) => propagate.includes(origin);
}

const setter = { set: (carrier: Map<string, string>, name: string, value: string) => void carrier.set(name, value) };

/** A propagator that fails costs the trace, and not the call. */
function written(context: Context, propagator: TextMapPropagator | undefined): Headings {
  const carrier = new Map<string, string>();
  try {
    (propagator ?? propagation).inject(context, carrier, setter);
    return carrier;
  } catch {
    return none;
  }
}

function putOn(call: Call, name: string, value: string): void {
  try {
    call.headers.set(name, value);
  } catch {
    // not a header that HTTP allows: it is left out
  }
}

/** A call keeps its headers from one request to the next: what this one must not have is taken off. */
function takeOff(before: Headings, now: Headings, { call, request }: Departure): void {
  const stale = [...before].filter(([name]) => !now.has(name));
  if (stale.length === 0) return;
  const headers = call.headers.mergeWith(request);
  call.headers.delete(stale.filter(([name, value]) => headers.get(name) === value).map(([name]) => name));
}

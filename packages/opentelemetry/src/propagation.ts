import type { Context, TextMapPropagator } from '@opentelemetry/api';
import { propagation } from '@opentelemetry/api';
import type { Call, ClientRequest } from '@bearings/client/layer';
import type { Propagate, TelemetrySettings } from './telemetry-options.ts';

/** A request that is about to be sent. */
interface OutgoingRequest {
  readonly request: ClientRequest;
  readonly call: Call;
  /** The origin of this request. */
  readonly origin: string;
  /** The origin of the call. */
  readonly callOrigin: string;
}

/** Sets the trace headers of a request, if its origin may get them. */
export type Inject = (context: Context, outgoing: OutgoingRequest) => void;

type TraceHeaders = ReadonlyMap<string, string>;

const noHeaders: TraceHeaders = new Map();

/**
 * Creates the function that sets the trace headers, new ones for each request.
 *
 * A redirect to another origin removes them, like credentials: baggage may contain confidential values.
 */
export function createInject({ propagator, propagate }: TelemetrySettings): Inject {
  const isAllowed = createOriginRule(propagate);
  const carried = new WeakMap<Call, TraceHeaders>();
  return (context, outgoing) => {
    const { call, origin, callOrigin } = outgoing;
    const now = isAllowed(origin, callOrigin) ? traceHeaders(context, propagator) : noHeaders;
    removeStale(carried.get(call) ?? noHeaders, now, outgoing);
    for (const [name, value] of now) setHeader(call, name, value);
    if (now.size > 0) carried.set(call, now);
  };
}

function createOriginRule(propagate: Propagate): (origin: string, callOrigin: string) => boolean {
  if (propagate === 'everywhere') return () => true;
  if (propagate === 'nowhere') return () => false;
  if (propagate === 'origin') return (origin, callOrigin) => origin === callOrigin;
  return (origin) => propagate.includes(origin);
}

const setter = { set: (carrier: Map<string, string>, name: string, value: string) => void carrier.set(name, value) };

/** If the propagator throws, the request is sent without trace headers. */
function traceHeaders(context: Context, propagator: TextMapPropagator | undefined): TraceHeaders {
  const carrier = new Map<string, string>();
  try {
    (propagator ?? propagation).inject(context, carrier, setter);
    return carrier;
  } catch {
    return noHeaders;
  }
}

function setHeader(call: Call, name: string, value: string): void {
  try {
    call.headers.set(name, value);
  } catch {
    // not a valid header: it is left out
  }
}

/** A call keeps its headers between requests. Removes those that this request must not have. */
function removeStale(before: TraceHeaders, now: TraceHeaders, { call, request }: OutgoingRequest): void {
  const stale = [...before].filter(([name]) => !now.has(name));
  if (stale.length === 0) return;
  const headers = call.headers.mergeWith(request);
  call.headers.delete(stale.filter(([name, value]) => headers.get(name) === value).map(([name]) => name));
}

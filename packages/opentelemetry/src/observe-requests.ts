import { context, createContextKey, SpanKind, trace } from '@opentelemetry/api';
import type { Attributes, Context } from '@opentelemetry/api';
import type { Call, Stage } from '@bearings/client/layer';
import { attribute } from './attribute.ts';
import { noteRequest, noteResponse, resendReason } from './call-record.ts';
import type { CallRecord, Shared } from './call-record.ts';
import { describeOutcome, endSpan } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import type { Inject } from './propagation.ts';
import { watched } from './watched.ts';

/** What requests are observed with. */
export interface RequestObserver extends Shared {
  readonly silenceFetch: boolean;
  readonly inject: Inject;
}

/** By this key every SDK and propagator knows a context in which nothing is to be traced (`suppressTracing`). */
const suppressed = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** The inner stage: sees every request that goes out, and gives each a trace header of its own. */
export function observeRequests({ tracer, records, ofCall, inject, silenceFetch }: RequestObserver): Stage {
  return (next) => (request, call) => {
    const record = records.get(call);
    if (record === undefined) return next(request, call);
    // a hop, or a layer that sends the call elsewhere, brings a request of its own
    const facts = request === record.request ? record.facts : record.describe(request);
    const active = context.active();
    // a layer in between may have a span of its own; what another call left active is not ours
    const parent = active.getValue(ofCall) === call ? active : record.context;
    const attributes = record.sent === 0 ? facts.traced : { ...facts.traced, ...resent(record, call, parent) };
    const span = tracer().startSpan(facts.name, { kind: SpanKind.CLIENT, attributes }, parent);
    noteRequest(record, call);
    const within = trace.setSpan(parent, span);
    inject(within, { request, call, origin: facts.origin, home: record.facts.origin });
    const tell = (outcome: Outcome): void => {
      if ('response' in outcome) noteResponse(record, outcome.response);
      endSpan(span, describeOutcome(outcome));
    };
    const around = silenceFetch ? within.setValue(suppressed, true) : within;
    return watched(() => context.with(around, () => next(request, call)), { signal: call.signal, tell });
  };
}

/** Counts a request that is not the first of its call, and says which it is and why it goes out. */
function resent(record: CallRecord, call: Call, within: Context): Attributes {
  const reason = { [attribute.resendReason]: resendReason(record, call) };
  record.retries.add(1, { ...record.facts.counted, ...reason }, within);
  return { [attribute.resendCount]: record.sent, ...reason };
}

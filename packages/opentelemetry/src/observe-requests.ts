import { context, createContextKey, SpanKind, trace } from '@opentelemetry/api';
import type { Attributes, Context } from '@opentelemetry/api';
import type { Call, Stage } from '@bearings/client/layer';
import { attribute } from './attribute.ts';
import { recordRequest, recordResponse, resendReason } from './call-record.ts';
import type { CallRecord, SharedContext } from './call-record.ts';
import { describeOutcome, endSpan } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import type { Inject } from './propagation.ts';
import { observeOutcome } from './observe-outcome.ts';

/** Options of `observeRequests`. */
export interface RequestObserverOptions extends SharedContext {
  readonly silenceFetch: boolean;
  readonly inject: Inject;
}

/** The context key with which SDKs and propagators disable tracing (`suppressTracing`). */
const suppressed = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** The inner stage: records one span for each request that is sent, and sets its trace headers. */
export function observeRequests({ tracer, records, callKey, inject, silenceFetch }: RequestObserverOptions): Stage {
  return (next) => (request, call) => {
    const record = records.get(call.root);
    if (record === undefined) return next(request, call);
    // a redirect, or a layer that changes the destination, creates a new request
    const facts = request === record.request ? record.facts : record.describe(request);
    const active = context.active();
    // a layer in between may have its own span; a context of another call is ignored
    const parent = active.getValue(callKey) === call.root ? active : record.context;
    const attributes = record.sent === 0 ? facts.traced : { ...facts.traced, ...recordResend(record, call, parent) };
    const span = tracer().startSpan(facts.name, { kind: SpanKind.CLIENT, attributes }, parent);
    recordRequest(record, call);
    const within = trace.setSpan(parent, span);
    inject(within, { request, call, origin: facts.origin, callOrigin: record.facts.origin });
    const report = (outcome: Outcome): void => {
      if ('response' in outcome) recordResponse(record, outcome.response);
      endSpan(span, describeOutcome(outcome));
    };
    const around = silenceFetch ? within.setValue(suppressed, true) : within;
    return observeOutcome(() => context.with(around, () => next(request, call)), { signal: call.signal, report });
  };
}

/** Counts a request after the first one of its call. Returns its attributes. */
function recordResend(record: CallRecord, call: Call, within: Context): Attributes {
  const reason = { [attribute.resendReason]: resendReason(record, call) };
  record.retries.add(1, { ...record.facts.counted, ...reason }, within);
  return { [attribute.resendCount]: record.sent, ...reason };
}

import { context, SpanKind, trace } from '@opentelemetry/api';
import type { Stage } from '@bearings/client/layer';
import type { CallMeters } from './call-meters.ts';
import type { SharedContext } from './call-record.ts';
import { isDisabled } from './is-disabled.ts';
import { describeOutcome, endSpan } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { createDescribe } from './request-facts.ts';
import type { TelemetrySettings } from './telemetry-options.ts';
import { observeOutcome } from './observe-outcome.ts';

/** Options of `observeCalls`. */
export interface CallObserverOptions extends SharedContext {
  readonly settings: TelemetrySettings;
  readonly meters: () => CallMeters;
}

/** The outer stage: records one span for each call. Everything during the call is inside this span. */
export function observeCalls({ settings, meters, tracer, records, callKey }: CallObserverOptions): Stage {
  const { tracerProvider, meterProvider } = settings;
  return (next, { clock }) => {
    const describe = createDescribe(settings);
    const skip = tracerProvider === undefined && meterProvider === undefined ? isDisabled : () => false;
    return (request, call) => {
      if (skip()) return next(request, call);
      const facts = describe(request);
      const { counted, traced } = facts;
      const span = tracer().startSpan(facts.name, { kind: SpanKind.CLIENT, attributes: traced });
      const within = trace.setSpan(context.active(), span).setValue(callKey, call);
      const { active, duration, retries } = meters();
      records.set(call, {
        request,
        facts,
        describe,
        retries,
        context: within,
        sent: 0,
        attempt: 0,
        senders: new WeakSet(),
        followUp: undefined,
      });
      const startedAt = clock.monotonic();
      active.add(1, counted, within);
      const report = (outcome: Outcome): void => {
        const attributes = describeOutcome(outcome);
        endSpan(span, attributes);
        active.add(-1, counted, within);
        duration.record((clock.monotonic() - startedAt) / 1_000, { ...counted, ...attributes }, within);
      };
      return observeOutcome(() => context.with(within, () => next(request, call)), {
        signal: call.signal,
        report,
      });
    };
  };
}

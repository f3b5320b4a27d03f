import { context, SpanKind, trace } from '@opentelemetry/api';
import type { Stage } from '@bearings/client/layer';
import type { CallMeters } from './call-meters.ts';
import type { Shared } from './call-record.ts';
import { isIdle } from './is-idle.ts';
import { describeOutcome, endSpan } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import { describer } from './request-facts.ts';
import type { TelemetrySettings } from './telemetry-options.ts';
import { watched } from './watched.ts';

/** What calls are observed with. */
export interface CallObserver extends Shared {
  readonly settings: TelemetrySettings;
  readonly meters: () => CallMeters;
}

/** The outer stage: sees each call once, and whatever happens during it happens within its span. */
export function observeCalls({ settings, meters, tracer, records, ofCall }: CallObserver): Stage {
  const { tracerProvider, meterProvider } = settings;
  return (next, { clock }) => {
    const describe = describer(settings);
    const isUnheard = tracerProvider === undefined && meterProvider === undefined ? isIdle : () => false;
    return (request, call) => {
      if (isUnheard()) return next(request, call);
      const facts = describe(request);
      const { counted, traced } = facts;
      const span = tracer().startSpan(facts.name, { kind: SpanKind.CLIENT, attributes: traced });
      const within = trace.setSpan(context.active(), span).setValue(ofCall, call);
      const { active, duration, retries } = meters();
      records.set(call, {
        request,
        facts,
        describe,
        retries,
        context: within,
        sent: 0,
        attempt: 0,
        isRedirected: false,
      });
      const startedAt = clock.monotonic();
      active.add(1, counted, within);
      const tell = (outcome: Outcome): void => {
        const told = describeOutcome(outcome);
        endSpan(span, told);
        active.add(-1, counted, within);
        duration.record((clock.monotonic() - startedAt) / 1_000, { ...counted, ...told }, within);
      };
      return watched(() => context.with(within, () => next(request, call)), { signal: call.signal, tell });
    };
  };
}

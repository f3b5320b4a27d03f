import { context, propagation, trace } from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/** The real SDK, exporting to memory, and what it has exported. */
export function recorder() {
  const exporter = new InMemorySpanExporter();
  const counting = spanCounter();
  const tracerProvider = new TracerProvider({ spanProcessors: [counting, new SimpleSpanProcessor({ exporter })] });
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  // collected on demand: the interval is longer than any test
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 2 ** 30 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const propagator = new CompositePropagator({
    propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
  });

  /** Every metric as of now, by name. */
  async function metrics(): Promise<ReadonlyMap<string, MetricData>> {
    metricExporter.reset();
    await reader.forceFlush();
    const all = metricExporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((each) => each.metrics));
    return new Map(all.map((metric) => [metric.descriptor.name, metric]));
  }

  /** The points of one metric, as attributes and value. */
  async function points(name: string): Promise<readonly Point[]> {
    return ((await metrics()).get(name)?.dataPoints ?? []).map(({ attributes, value }) => ({ attributes, value }));
  }

  return {
    options: { tracerProvider, meterProvider, propagator },
    tracer: tracerProvider.getTracer('test'),
    meter: meterProvider.getMeter('test'),
    propagator,
    spans: () => exporter.getFinishedSpans(),
    /** How many spans have begun and not ended. */
    open: () => counting.open(),
    metrics,
    points,
    /** Everything that has left, for a search. */
    exported: async () => ({ spans: exporter.getFinishedSpans().map(plain), metrics: [...(await metrics()).values()] }),
  };
}

interface Point {
  readonly attributes: Attributes;
  readonly value: unknown;
}

/** Makes contexts follow what is awaited, as an SDK does; the answer ends it. */
export function contexts(): () => void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return () => {
    context.disable();
    trace.disable();
    propagation.disable();
  };
}

/** A span without its back references to the SDK. */
const plain = ({ name, kind, attributes, status, events, links }: ReadableSpan): object => ({
  name,
  kind,
  attributes,
  status,
  events,
  links,
});

export const spanId = (span: ReadableSpan | undefined): string | undefined => span?.spanContext().spanId;

/** The call's span and those of its requests, of the only call there was. */
export function family(spans: readonly ReadableSpan[]): { call: ReadableSpan; requests: readonly ReadableSpan[] } {
  const ids = new Set(spans.map(spanId));
  const roots = spans.filter(({ parentSpanContext }) => !ids.has(parentSpanContext?.spanId));
  const [call] = roots;
  if (call === undefined || roots.length > 1) throw new Error(`${roots.length} spans without a parent among them`);
  return { call, requests: spans.filter((span) => span.parentSpanContext?.spanId === spanId(call)) };
}

function spanCounter(): SpanProcessor & { open(): number } {
  const begun = new Set<string>();
  return {
    open: () => begun.size,
    onStart: (span: Span) => void begun.add(span.spanContext().spanId),
    onEnd: (span) => void begun.delete(span.spanContext().spanId),
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}

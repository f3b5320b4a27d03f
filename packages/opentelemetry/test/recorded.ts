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

/** The real SDK with in-memory exporters, and their content. */
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

  /** All current metrics by name. */
  async function metrics(): Promise<ReadonlyMap<string, MetricData>> {
    metricExporter.reset();
    await reader.forceFlush();
    const all = metricExporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((each) => each.metrics));
    return new Map(all.map((metric) => [metric.descriptor.name, metric]));
  }

  /** The data points of one metric: attributes and value. */
  async function points(name: string): Promise<readonly Point[]> {
    return ((await metrics()).get(name)?.dataPoints ?? []).map(({ attributes, value }) => ({ attributes, value }));
  }

  return {
    options: { tracerProvider, meterProvider, propagator },
    tracer: tracerProvider.getTracer('test'),
    meter: meterProvider.getMeter('test'),
    propagator,
    spans: () => exporter.getFinishedSpans(),
    /** The number of spans that have not ended. */
    open: () => counting.open(),
    metrics,
    points,
    /** All exported data, to search for secrets. */
    exported: async () => ({ spans: exporter.getFinishedSpans().map(plain), metrics: [...(await metrics()).values()] }),
  };
}

interface Point {
  readonly attributes: Attributes;
  readonly value: unknown;
}

/** Installs a context manager for async code, as an SDK does. Returns a function that removes it. */
export function contexts(): () => void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return () => {
    context.disable();
    trace.disable();
    propagation.disable();
  };
}

/** A span without its references to the SDK. */
const plain = ({ name, kind, attributes, status, events, links }: ReadableSpan): object => ({
  name,
  kind,
  attributes,
  status,
  events,
  links,
});

export const spanId = (span: ReadableSpan | undefined): string | undefined => span?.spanContext().spanId;

/** The span of the only call, and the spans of its requests. */
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

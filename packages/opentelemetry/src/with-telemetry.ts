import { createContextKey, metrics, trace } from '@opentelemetry/api';
import { layer } from '@bearings/client/layer';
import type { Layer } from '@bearings/client';
import { createCallMeters } from './call-meters.ts';
import { perProvider } from './per-provider.ts';
import { observeCalls } from './observe-calls.ts';
import { observeRequests } from './observe-requests.ts';
import { createInject } from './propagation.ts';
import { instrumentationScope } from './instrumentation-scope.ts';
import { resolveOptions } from './telemetry-options.ts';
import type { TelemetryOptions } from './telemetry-options.ts';

/**
 * Records the calls of a client: a span and a duration for each call, and inside it a span for each request that is sent,
 * with its own trace headers.
 *
 * Both kinds of span end when the response headers arrive. No secrets are recorded: no query, header, body or error
 * message. Without an SDK it does almost nothing.
 *
 * @returns two layers, for the slots `observe` and `network`
 * @throws ConfigError if an option is not valid
 */
export function withTelemetry(options: TelemetryOptions = {}): readonly Layer[] {
  const settings = resolveOptions(options);
  const { tracerProvider, meterProvider, pathTemplates, maxTemplates, propagate, silenceFetch } = settings;
  const tracer = perProvider(
    () => tracerProvider ?? trace.getTracerProvider(),
    (provider) => provider.getTracer(instrumentationScope.name, instrumentationScope.version),
  );
  const meters = perProvider(
    () => meterProvider ?? metrics.getMeterProvider(),
    (provider) => createCallMeters(provider.getMeter(instrumentationScope.name, instrumentationScope.version)),
  );
  const shared = { tracer, records: new WeakMap(), callKey: createContextKey('bearings.call') };
  return Object.freeze([
    layer(
      'observe',
      { name: 'telemetry', settings: { pathTemplates, maxTemplates } },
      observeCalls({ ...shared, settings, meters }),
    ),
    layer(
      'network',
      { name: 'telemetry(network)', settings: { propagate, silenceFetch } },
      observeRequests({ ...shared, silenceFetch, inject: createInject(settings) }),
    ),
  ]);
}

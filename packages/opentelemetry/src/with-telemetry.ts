import { createContextKey, metrics, trace } from '@opentelemetry/api';
import { layer } from '@bearings/client/layer';
import type { Layer } from '@bearings/client';
import { callMeters } from './call-meters.ts';
import { lazily } from './lazily.ts';
import { observeCalls } from './observe-calls.ts';
import { observeRequests } from './observe-requests.ts';
import { injector } from './propagation.ts';
import { scope } from './scope.ts';
import { settle } from './telemetry-options.ts';
import type { TelemetryOptions } from './telemetry-options.ts';

/**
 * Records a client's calls: a span and a duration for each, and within it a span for each request that really goes out,
 * with a trace header of its own.
 *
 * Both kinds of span end at the response head. Nothing is recorded that may be a secret: no query, no header, no body,
 * no error's message. Without an SDK it does next to nothing.
 *
 * @returns two layers, for the slots `observe` and `wire`
 * @throws ConfigError when an option is wrong
 */
export function withTelemetry(options: TelemetryOptions = {}): readonly Layer[] {
  const settings = settle(options);
  const { tracerProvider, meterProvider, pathTemplates, maxTemplates, propagate, silenceFetch } = settings;
  const tracer = lazily(
    () => tracerProvider ?? trace.getTracerProvider(),
    (provider) => provider.getTracer(scope.name, scope.version),
  );
  const meters = lazily(
    () => meterProvider ?? metrics.getMeterProvider(),
    (provider) => callMeters(provider.getMeter(scope.name, scope.version)),
  );
  const shared = { tracer, records: new WeakMap(), ofCall: createContextKey('bearings.call') };
  return Object.freeze([
    layer(
      'observe',
      { name: 'telemetry', settings: { pathTemplates, maxTemplates } },
      observeCalls({ ...shared, settings, meters }),
    ),
    layer(
      'network',
      { name: 'telemetry(wire)', settings: { propagate, silenceFetch } },
      observeRequests({ ...shared, silenceFetch, inject: injector(settings) }),
    ),
  ]);
}

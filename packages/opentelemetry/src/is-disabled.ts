import { context, createNoopMeter, metrics, ProxyTracerProvider, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { instrumentationScope } from './instrumentation-scope.ts';

/**
 * True if nothing can be recorded or propagated: no SDK is registered and the context is empty. A call then costs no more
 * than this check.
 */
export function isDisabled(): boolean {
  if (context.active() !== ROOT_CONTEXT) return false;
  const provider = trace.getTracerProvider();
  // without an SDK, this is the provider of the API itself
  if (!(provider instanceof ProxyTracerProvider)) return false;
  if (provider.getDelegateTracer(instrumentationScope.name, instrumentationScope.version) !== undefined) return false;
  return metrics.getMeter(instrumentationScope.name, instrumentationScope.version) === createNoopMeter();
}

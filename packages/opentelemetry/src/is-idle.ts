import { context, createNoopMeter, metrics, ProxyTracerProvider, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { scope } from './scope.ts';

/**
 * True when there is nobody to tell anything, and no trace to pass on: no SDK is registered, and nothing is in the
 * context. A call then costs no more than this question.
 */
export function isIdle(): boolean {
  if (context.active() !== ROOT_CONTEXT) return false;
  const provider = trace.getTracerProvider();
  // before there is an SDK, the API's own provider stands in for it
  if (!(provider instanceof ProxyTracerProvider)) return false;
  if (provider.getDelegateTracer(scope.name, scope.version) !== undefined) return false;
  return metrics.getMeter(scope.name, scope.version) === createNoopMeter();
}

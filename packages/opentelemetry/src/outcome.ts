import type { Attributes, Span } from '@opentelemetry/api';
import { SpanStatusCode } from '@opentelemetry/api';
import { isBearingsError } from '@bearings/client/errors';
import { attribute, other } from './attribute.ts';

/** How a call or a request ended. */
export type Outcome =
  | { readonly response: Response }
  | { readonly error: unknown; readonly isAbort?: boolean | undefined };

/** What may be told of an outcome: the status, and for a failure its kind, never its message. */
export function describeOutcome(outcome: Outcome): Attributes {
  if ('error' in outcome) return { [attribute.errorType]: errorType(outcome) };
  const { status } = outcome.response;
  if (status < 400) return { [attribute.status]: status };
  return { [attribute.status]: status, [attribute.errorType]: String(status) };
}

/** Ends a span with what is known of the outcome. */
export function endSpan(span: Span, told: Attributes): void {
  if (span.isRecording()) {
    span.setAttributes(told);
    if (told[attribute.errorType] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/**
 * The code of an error of ours, such as `ATTEMPT_TIMEOUT`. `AbortError` when the caller ended it, whatever the reason
 * was, and `TimeoutError` when the caller's own `AbortSignal.timeout` did. Of any other error the name of its class.
 */
function errorType({ error, isAbort = false }: { error: unknown; isAbort?: boolean | undefined }): string {
  if (isBearingsError(error)) return error.code;
  const isPlatforms = error instanceof DOMException && (error.name === 'AbortError' || error.name === 'TimeoutError');
  if (isPlatforms) return error.name;
  if (isAbort) return 'AbortError';
  return error instanceof Error ? error.constructor.name || other : other;
}

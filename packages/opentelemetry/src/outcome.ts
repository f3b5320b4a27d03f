import type { Attributes, Span } from '@opentelemetry/api';
import { SpanStatusCode } from '@opentelemetry/api';
import { isBearingsError } from '@bearings/client/errors';
import { attribute, other } from './attribute.ts';

/** The result of a call or a request. */
export type Outcome =
  | { readonly response: Response }
  | { readonly error: unknown; readonly isAbort?: boolean | undefined };

/** The attributes of an outcome: the status, and the kind of a failure, never its message. */
export function describeOutcome(outcome: Outcome): Attributes {
  if ('error' in outcome) return { [attribute.errorType]: errorType(outcome) };
  const { status } = outcome.response;
  if (status < 400) return { [attribute.status]: status };
  return { [attribute.status]: status, [attribute.errorType]: String(status) };
}

/** Ends a span with the attributes of its outcome. */
export function endSpan(span: Span, attributes: Attributes): void {
  if (span.isRecording()) {
    span.setAttributes(attributes);
    if (attributes[attribute.errorType] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/**
 * The code of a Bearings error, such as `ATTEMPT_TIMEOUT`. `AbortError` if the caller aborted, for any reason.
 * `TimeoutError` if the caller's `AbortSignal.timeout` aborted. For any other error, the name of its class.
 */
function errorType({ error, isAbort = false }: { error: unknown; isAbort?: boolean | undefined }): string {
  if (isBearingsError(error)) return error.code;
  const isAbortOrTimeout =
    error instanceof DOMException && (error.name === 'AbortError' || error.name === 'TimeoutError');
  if (isAbortOrTimeout) return error.name;
  if (isAbort) return 'AbortError';
  return error instanceof Error ? error.constructor.name || other : other;
}

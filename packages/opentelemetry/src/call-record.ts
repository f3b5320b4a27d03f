import type { Context, Counter, Tracer } from '@opentelemetry/api';
import type { Call, ClientRequest } from '@bearings/client/layer';
import type { Describe, RequestFacts } from './request-facts.ts';

/** What the two stages share. */
export interface SharedContext {
  readonly tracer: () => Tracer;
  readonly records: WeakMap<Call, CallRecord>;
  /** The context key for the call that a context belongs to. */
  readonly callKey: symbol;
}

/** The state of one call, shared by the two stages. */
export interface CallRecord {
  /** The request of the call. */
  readonly request: ClientRequest;
  readonly facts: RequestFacts;
  readonly describe: Describe;
  readonly retries: Counter;
  /** The context with the span of the call. */
  readonly context: Context;
  /** How many requests were sent. */
  sent: number;
  /** The attempt number of the last request. */
  attempt: number;
  /** Whether the last response was a redirect. */
  isRedirected: boolean;
}

/** Why a request after the first one is sent. */
export type ResendReason = 'retry' | 'replay' | 'redirect';

/**
 * The reason for the next request.
 *
 * Within one attempt, a request after a redirect is the next hop. Any other repeated request is a replay, for example
 * after a 401.
 */
export function resendReason({ attempt, isRedirected }: CallRecord, call: Call): ResendReason {
  if (call.attempt > attempt) return 'retry';
  return isRedirected ? 'redirect' : 'replay';
}

/** Records that a request is sent. */
export function recordRequest(record: CallRecord, { attempt }: Call): void {
  record.sent += 1;
  record.attempt = attempt;
  record.isRedirected = false;
}

const redirects: readonly number[] = [301, 302, 303, 307, 308];

/** Records the response to the last request. */
export function recordResponse(record: CallRecord, { status, headers }: Response): void {
  record.isRedirected = redirects.includes(status) && headers.has('location');
}

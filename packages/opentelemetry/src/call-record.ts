import type { Context, Counter, Tracer } from '@opentelemetry/api';
import type { Call, ClientRequest } from '@bearings/client/layer';
import type { Describe, RequestFacts } from './request-facts.ts';

/** What the two stages share. */
export interface Shared {
  readonly tracer: () => Tracer;
  readonly records: WeakMap<Call, CallRecord>;
  /** Under which key a context says whose call it is for. */
  readonly ofCall: symbol;
}

/** What the two stages know of a call together. */
export interface CallRecord {
  /** What the call was asked to send. */
  readonly request: ClientRequest;
  readonly facts: RequestFacts;
  readonly describe: Describe;
  readonly retries: Counter;
  /** The context whose span is the call's. */
  readonly context: Context;
  /** How many requests have gone out. */
  sent: number;
  /** The attempt of the last of them. */
  attempt: number;
  /** Whether the last of them was answered with a redirect. */
  isRedirected: boolean;
}

/** Why a request goes out that is not the first of its call. */
export type ResendReason = 'retry' | 'replay' | 'redirect';

/**
 * Why the next request goes out.
 *
 * Within one attempt, what follows a redirect is its next hop; whatever else is sent again is a replay, such as the one
 * after a 401.
 */
export function resendReason({ attempt, isRedirected }: CallRecord, call: Call): ResendReason {
  if (call.attempt > attempt) return 'retry';
  return isRedirected ? 'redirect' : 'replay';
}

/** Notes that a request goes out. */
export function noteRequest(record: CallRecord, { attempt }: Call): void {
  record.sent += 1;
  record.attempt = attempt;
  record.isRedirected = false;
}

const redirects: readonly number[] = [301, 302, 303, 307, 308];

/** Notes what the last request was answered with. */
export function noteResponse(record: CallRecord, { status, headers }: Response): void {
  record.isRedirected = redirects.includes(status) && headers.has('location');
}

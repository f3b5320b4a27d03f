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
  /** The calls that requests were sent for: of a hedged request, each has its own. */
  readonly senders: WeakSet<Call>;
  /** Why the last response lets another request follow within the attempt; `undefined` when it does not say. */
  followUp: Exclude<ResendReason, 'retry' | 'replay' | 'hedge'> | undefined;
}

/** Why a request after the first one is sent. */
export type ResendReason = 'retry' | 'replay' | 'redirect' | 'hedge' | 'dpop_nonce' | 'step_up';

/**
 * The reason for the next request.
 *
 * Within one attempt, the first request of another call is one that is sent because an earlier one is slow, and a request
 * after a redirect is the next hop; one after a challenge has what that demands: a nonce in its proof (RFC 9449 §9), or a
 * token with more scopes (RFC 6750 §3.1). Any other repeated request is a replay, for example after a 401.
 */
export function resendReason({ attempt, followUp, senders }: CallRecord, call: Call): ResendReason {
  if (call.attempt > attempt) return 'retry';
  if (!senders.has(call)) return 'hedge';
  return followUp ?? 'replay';
}

/** Records that a request is sent. */
export function recordRequest(record: CallRecord, call: Call): void {
  record.sent += 1;
  record.attempt = call.attempt;
  record.senders.add(call);
  record.followUp = undefined;
}

const redirects: readonly number[] = [301, 302, 303, 307, 308];

/** Records the response to the last request. */
export function recordResponse(record: CallRecord, { status, headers }: Response): void {
  if (redirects.includes(status)) record.followUp = headers.has('location') ? 'redirect' : undefined;
  else if (status === 401 || status === 403) record.followUp = readDemand(headers.get('www-authenticate') ?? '');
}

function readDemand(challenge: string): CallRecord['followUp'] {
  const error = /\berror="?(use_dpop_nonce|insufficient_scope)\b/.exec(challenge)?.[1];
  if (error === undefined) return undefined;
  return error === 'use_dpop_nonce' ? 'dpop_nonce' : 'step_up';
}

import { isBearingsError } from '@bearings/client/errors';
import { expect } from 'vitest';
import type { Entry } from './catalogue.ts';

/** The outcome of a call: a response or an error. */
export type CallOutcome = { readonly response: Response } | { readonly error: unknown };

/** Waits for a call and its body, and returns the outcome. */
export async function settleCall(call: Promise<Response>): Promise<CallOutcome> {
  try {
    const response = await call;
    await response.arrayBuffer();
    return { response };
  } catch (error) {
    return { error };
  }
}

const codes: Readonly<Record<string, readonly string[]>> = {
  Http: ['TOKEN_HTTP', 'HTTP_STATUS'],
  InvalidResponse: ['INVALID_TOKEN_RESPONSE'],
  Unavailable: ['TOKEN_UNAVAILABLE', 'TRANSPORT', 'TLS'],
  Timeout: ['ATTEMPT_TIMEOUT', 'BODY_TIMEOUT', 'DEADLINE_EXCEEDED'],
  ConfigError: ['CONFIG', 'TOKEN_CONFIG', 'INVALID_URL', 'INVALID_SCHEME', 'DESTINATION_NOT_ALLOWED'],
  Disposed: ['TOKEN_CLOSED', 'CLIENT_CLOSED'],
};

/**
 * Checks that a call has the outcome that an entry requires.
 *
 * @param reason - the abort reason of the caller's signal
 */
export function expectCallOutcome({ expect: expected }: Entry, outcome: CallOutcome, reason?: unknown): void {
  const { retryable } = expected;
  if (retryable !== undefined) expect(pickRetryable(getError(outcome))).toEqual({ retryable });
  const status = expected.outcome === 'ok' ? '200' : /^Response(\d{3})$/.exec(expected.outcome)?.[1];
  if (status !== undefined) expect(getStatus(outcome)).toBe(Number(status));
  else if (expected.outcome === 'Aborted') expect(getError(outcome)).toBe(reason);
  else expect(codes[expected.outcome]).toContain(getCode(getError(outcome)));
}

/** The response of a call, also when it is inside an HTTPError. */
export function getResponse(outcome: CallOutcome): Response {
  if ('response' in outcome) return outcome.response;
  if (isBearingsError(outcome.error, 'HTTP_STATUS')) return outcome.error.response;
  throw outcome.error;
}

/** The status of a call's response. */
export function getStatus(outcome: CallOutcome): number {
  return getResponse(outcome).status;
}

/** The error of a call. */
export function getError(outcome: CallOutcome): unknown {
  if ('error' in outcome) return outcome.error;
  throw new Error(`The call should have failed, and answered ${outcome.response.status}`);
}

/** The code of a Bearings error or an HTTPError; any other value unchanged. */
function getCode(error: unknown): unknown {
  return isBearingsError(error) || (isBearingsError(error, 'HTTP_STATUS') && 'code' in error) ? error.code : error;
}

function pickRetryable(error: unknown): { readonly retryable: unknown } {
  return { retryable: error instanceof Error && 'retryable' in error ? error.retryable : undefined };
}

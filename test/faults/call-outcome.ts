import { isHTTPError } from '@bearings/client';
import { isBearingsError } from '@bearings/client/errors';
import { expect } from 'vitest';
import type { Entry } from './catalogue.ts';

/** What came of a call: a response, or what was thrown. */
export type Came = { readonly response: Response } | { readonly error: unknown };

/** Waits for a call and its body, however they end. */
export async function cameOf(call: Promise<Response>): Promise<Came> {
  try {
    const response = await call;
    await response.arrayBuffer();
    return { response };
  } catch (error) {
    return { error };
  }
}

const codes: Readonly<Record<string, readonly string[]>> = {
  Http: ['HTTP', 'HTTP_STATUS'],
  InvalidResponse: ['INVALID_RESPONSE'],
  Unavailable: ['UNAVAILABLE', 'TRANSPORT', 'TLS'],
  Timeout: ['ATTEMPT_TIMEOUT', 'BODY_TIMEOUT', 'DEADLINE_EXCEEDED'],
  ConfigError: ['CONFIG', 'INVALID_URL', 'INVALID_SCHEME', 'DESTINATION_NOT_ALLOWED'],
  Disposed: ['CLOSED', 'CLIENT_CLOSED'],
};

/**
 * Holds what came of a call against the outcome that an entry names.
 *
 * @param reason - what the caller's signal was aborted with
 */
export function expectCame({ expect: { outcome, retryable } }: Entry, came: Came, reason?: unknown): void {
  if (retryable !== undefined) expect(retryableOf(errorOf(came))).toEqual({ retryable });
  const status = outcome === 'ok' ? '200' : /^Response(\d{3})$/.exec(outcome)?.[1];
  if (status !== undefined) expect(statusOf(came)).toBe(Number(status));
  else if (outcome === 'Aborted') expect(errorOf(came)).toBe(reason);
  else expect(codes[outcome]).toContain(codeOf(errorOf(came)));
}

/** The response that the caller gets, by itself or in ky's error about its status. */
export function responseOf(came: Came): Response {
  if ('response' in came) return came.response;
  if (isHTTPError(came.error)) return came.error.response;
  throw came.error;
}

/** Its status. */
export function statusOf(came: Came): number {
  return responseOf(came).status;
}

/** What was thrown. */
export function errorOf(came: Came): unknown {
  if ('error' in came) return came.error;
  throw new Error(`It was to fail and answered ${came.response.status}`);
}

/** The code of an error of ours, or of ky's error about a status; anything else as it is. */
function codeOf(error: unknown): unknown {
  return isBearingsError(error) || (isHTTPError(error) && 'code' in error) ? error.code : error;
}

function retryableOf(error: unknown): { readonly retryable: unknown } {
  return { retryable: error instanceof Error && 'retryable' in error ? error.retryable : undefined };
}

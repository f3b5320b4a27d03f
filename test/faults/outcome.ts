import { isBearingsError } from '@bearings/client';
import type { Token } from '@bearings/oauth-bearer';
import type { discover } from '@bearings/oidc-discovery';
import { expect } from 'vitest';
import type { Expectation } from './catalogue.ts';

/** The result of `token.get()`. */
export type TokenResult = Awaited<ReturnType<Token['get']>>;

/** The result of `discover()`. */
type DiscoveryResult = Awaited<ReturnType<typeof discover>>;

/** The error codes for each outcome of the catalogue. */
const codes: Readonly<Record<string, readonly string[]>> = {
  InvalidResponse: ['INVALID_TOKEN_RESPONSE', 'INVALID_METADATA', 'ISSUER_MISMATCH'],
  Http: ['TOKEN_HTTP', 'DISCOVERY_HTTP'],
  UnsupportedTokenType: ['UNSUPPORTED_TOKEN_TYPE'],
  ConfigError: ['TOKEN_CONFIG', 'DISCOVERY_CONFIG'],
  Unavailable: ['TOKEN_UNAVAILABLE', 'DISCOVERY_UNAVAILABLE'],
  Timeout: ['TOKEN_UNAVAILABLE', 'DISCOVERY_UNAVAILABLE'],
};

const timeouts = ['ATTEMPT_TIMEOUT', 'BODY_TIMEOUT', 'DEADLINE_EXCEEDED'] as const;

/** Checks that a result is the outcome that an entry requires. */
export function expectOutcome({ outcome, retryable }: Expectation, result: TokenResult | DiscoveryResult): void {
  if (outcome === 'ok') {
    expect(result.isErr() ? result.error : 'ok').toBe('ok');
    return;
  }
  if (result.isOk()) throw new Error(`Expected ${outcome}, and there was no error`);
  const { error } = result;
  expect(codes[outcome] ?? [`a code for ${outcome}`]).toContain(error.code);
  const isTimeout = timeouts.some((code) => isBearingsError(error.cause, code));
  if (error.code === 'TOKEN_UNAVAILABLE') expect(isTimeout).toBe(outcome === 'Timeout');
  if (retryable !== undefined) expect({ retryable: error.retryable }).toEqual({ retryable });
}

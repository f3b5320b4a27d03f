import { isBearingsError } from '@bearings/client';
import { inspect } from 'node:util';
import type { TokenError, TokenHttpError } from '@bearings/oauth-bearer';
import { expect } from 'vitest';
import { bodyBytes } from './response-bytes.ts';
import type { Condition } from './conditions.ts';
import type { ScenarioResult } from './token-scenario.ts';

function requireError({ first }: ScenarioResult): TokenError {
  if (first.isOk()) throw new Error('Expected an error, and there was none');
  return first.error;
}

function requireHttpError(scenario: ScenarioResult): TokenHttpError {
  const error = requireError(scenario);
  if (!isBearingsError(error, 'TOKEN_HTTP')) throw new Error(`Expected the error HTTP, not ${error.code}`);
  return error;
}

/** All texts of an error that a program may print, without the stack frames. */
function printError(error: unknown): string {
  const { message, stack } = error as Error;
  const texts = [message, stack, JSON.stringify(error), inspect(error, { depth: Infinity, showHidden: true })];
  return texts.join('\n').replaceAll(/^\s+at .*$/gm, '');
}

/** All substrings of this length. */
function substrings(text: string, length: number): readonly string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) => text.slice(at, at + length));
}

/** The size limit of a token response or a metadata document. */
const capBytes = 1024 * 1024;
/** Allowance for data that sockets and streams read ahead. */
const aheadBytes = 256 * 1024;

/** Conditions on errors, and on the size of responses. */
export const errorConditions: readonly Condition[] = [
  [/^status=(\d+)$/, (scenario, status) => expect(requireHttpError(scenario).status).toBe(Number(status))],
  [
    /^oauth-error=(.+)$/,
    (scenario, code) => {
      const { oauthError } = requireError(scenario) as TokenHttpError;
      expect(oauthError).toBe(code === 'absent' ? undefined : code);
    },
  ],
  [
    'no-secret-in-error',
    ({ first, calls, hides }) => {
      hides(first.isErr() ? first.error : first);
      for (const { error } of calls) expect(printError(hides(error ?? {}))).not.toMatch(/CANARY/);
    },
  ],
  [
    'no-body-excerpt-in-error',
    (scenario) => {
      const body = bodyBytes(scenario.entry.response ?? { status: 0, headers: [] }).toString();
      const texts = [requireError(scenario), ...scenario.calls.map(({ error }) => error ?? {})]
        .map(printError)
        .join('\n');
      expect(substrings(body, 8).filter((excerpt) => texts.includes(excerpt))).toEqual([]);
    },
  ],
  [
    'error-text-sanitised',
    (scenario) => {
      const { message, oauthErrorDescription } = requireHttpError(scenario);
      // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
      expect(message).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      // on one line, and not dropped: Microsoft Entra's descriptions have line breaks too
      expect(oauthErrorDescription).toBe('[2J 2026-01-01 INFO forged log line');
      expect(printError(requireError(scenario))).not.toMatch(/u001b|\n2026/);
    },
  ],
  [
    'no-crash',
    ({ first }) =>
      expect(first.isOk() || (isBearingsError(first.error) && first.error.source === 'oauth-bearer')).toBe(true),
  ],
  ['not URIError', (scenario) => expect(requireError(scenario)).not.toBeInstanceOf(URIError)],
  [
    'bytes-read<=cap',
    ({ network: { loopback } }) => {
      expect(loopback.socketBytes).toBeGreaterThan(0);
      expect(loopback.socketBytes).toBeLessThanOrEqual(capBytes + aheadBytes);
      expect(loopback.bodyBytes).toBeLessThanOrEqual(capBytes + aheadBytes);
    },
  ],
  ['heap-growth<32MiB', ({ network: { loopback } }) => expect(loopback.heapGrowth).toBeLessThan(32 * 1024 * 1024)],
  ['prototype-clean', () => expect(({} as { polluted?: unknown; token_endpoint?: unknown }).polluted).toBeUndefined()],
  [
    'fails-within-token-deadline',
    (scenario) => {
      const { acquireTimeoutMs } = scenario.config;
      if (acquireTimeoutMs === undefined) throw new Error('The scenario has no acquireTimeoutMs');
      expect(requireError(scenario)).toBeDefined();
      expect(scenario.tookMs).toBeLessThanOrEqual(acquireTimeoutMs);
    },
  ],
];

import type { TokenEvent } from '../../src/token/token-events.ts';
import type { Acquisition } from './observed.ts';
import { attemptTimeoutMs, driftMs } from './times.ts';

export type EventByType<T extends TokenEvent['type']> = Extract<TokenEvent, { readonly type: T }>;

const codes: Readonly<Record<string, string>> = { lost: 'TOKEN_UNAVAILABLE', useless: 'INVALID_TOKEN_RESPONSE' };

/** What is wrong with the report of a failure, by the requests and responses of the acquisition. */
export function findFailureProblems(event: EventByType<'renewal-failed'>, flight: Acquisition): readonly string[] {
  const { error, retryAt, tookMs, at } = event;
  const { said, requests, isProbe } = flight;
  const isSlow = tookMs >= attemptTimeoutMs - driftMs;
  const code = codes[said?.reply.kind ?? 'lost'] ?? 'TOKEN_HTTP';
  const hasRetryAfter = said?.reply.kind === 'busy' && said.reply.retryAfterMs !== undefined;
  const isFinal =
    isProbe || isSlow || said?.reply.kind === 'refused' || said?.reply.kind === 'useless' || hasRetryAfter;
  const problems: readonly (readonly [boolean, string])[] = [
    [error.code !== code && !(isSlow && error.code === 'TOKEN_UNAVAILABLE'), `failed with ${error.code}`],
    [said?.grant !== undefined, 'failed with a token at hand'],
    [error.failedAt !== at || error.retryAt !== retryAt, 'the error is not dated'],
    [!isFinal && requests !== 3, `gave up after ${requests} requests`],
  ];
  return problems.flatMap(([isThere, problem]) => (isThere ? [problem] : []));
}

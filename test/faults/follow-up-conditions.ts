import { systemClock } from '@bearings/client';
import { Token } from '@bearings/oauth-bearer';
import { expect, vi } from 'vitest';
import { waitTurns } from './byte-server.ts';
import { validToken, isResourceRequest, isTokenRequest, json, refreshToken } from './example-servers.ts';
import { tokenRequests } from './request-conditions.ts';
import type { Condition } from './conditions.ts';
import { callResource, runScenario } from './token-scenario.ts';
import type { CallResult, ScenarioResult } from './token-scenario.ts';

/** The longest backoff after a failed acquisition, without a `Retry-After`. */
const longestBackoffMs = 300_000;
const longestTimerMs = 2 ** 31 - 1;

/** Conditions on later behaviour. Each check causes requests. */
export const followUpConditions: readonly Condition[] = [
  [
    'no-refresh-loop',
    async (scenario) => {
      await scenario.network.pass(1_000);
      expect(tokenRequests(scenario).length).toBeGreaterThanOrEqual(1);
      expect(tokenRequests(scenario).length).toBeLessThanOrEqual(2);
    },
  ],
  [
    'token-requests=1-after-1s',
    async (scenario) => {
      await scenario.network.pass(1_000);
      expect(tokenRequests(scenario)).toHaveLength(1);
    },
  ],
  ['no-timer-overflow', noTimerOverflow],
  [
    'token-not-reused-as-fresh',
    async (scenario) => {
      const before = tokenRequests(scenario).length;
      const next = await scenario.network.settle(requireToken(scenario).get());
      expect(next.isOk()).toBe(true);
      expect(tokenRequests(scenario)).toHaveLength(before + 1);
    },
  ],
  [
    'token-not-cached',
    async (scenario) => {
      const { network } = scenario;
      const before = tokenRequests(scenario).length;
      network.answer = (request) => (isTokenRequest(request) ? validToken('at_CANARY_next') : json({}));
      await network.pass(longestBackoffMs);
      const next = await callAgain(scenario);
      expect(next.response?.status).toBe(200);
      expect(tokenRequests(scenario)).toHaveLength(before + 1);
      expect(authorizationHeaders(scenario).at(-1)).toBe('Bearer at_CANARY_next');
    },
  ],
  [
    'refreshes-on-401',
    async (scenario) => {
      const { network } = scenario;
      const before = tokenRequests(scenario).length;
      network.answer = (request) => {
        if (isTokenRequest(request)) return validToken('at_CANARY_2');
        return request.headers.get('authorization') === 'Bearer at_CANARY_2' ? json({}) : json({}, 401);
      };
      const next = await callAgain(scenario);
      expect(next.response?.status).toBe(200);
      expect(tokenRequests(scenario)).toHaveLength(before + 1);
      expect(authorizationHeaders(scenario).slice(-2)).toEqual(['Bearer at_CANARY_1', 'Bearer at_CANARY_2']);
    },
  ],
  [
    'no-cookie-on-next-request',
    async (scenario) => {
      await rotate(scenario);
      await callAgain(scenario);
      expect(scenario.network.seen.length).toBeGreaterThan(3);
      expect(scenario.network.seen.filter(({ headers }) => headers.has('cookie'))).toEqual([]);
    },
  ],
  [
    'refresh-token-ignored',
    async (scenario) => {
      await rotate(scenario);
      const bodies = tokenRequests(scenario).map(({ body }) => new URLSearchParams(body));
      expect(bodies.map((body) => body.get('grant_type'))).toEqual(['client_credentials', 'client_credentials']);
      expect(JSON.stringify(scenario.network.seen.map(({ body, url }) => [body, url]))).not.toContain(refreshToken);
    },
  ],
  [
    'one-value-used-consistently',
    async (scenario) => {
      await rotate(scenario);
      const urls = tokenRequests(scenario).map(({ url }) => url);
      expect(urls).toHaveLength(2);
      expect(new Set(urls).size).toBe(1);
    },
  ],
  [
    'fails-within-caller-deadline',
    async (scenario) => {
      const { network } = scenario;
      const again = await runScenario(scenario, network, {
        config: scenario.config,
        client: { totalTimeout: callerDeadlineMs },
      });
      const [called] = again.calls;
      expect(called?.error).toBeInstanceOf(Error);
      expect(again.tookMs).toBeLessThanOrEqual(callerDeadlineMs);
      await again.token?.close();
    },
  ],
  [
    'no-sleep-beyond-deadline',
    ({ network }) => {
      expect(network.delays.length).toBeGreaterThan(0);
      expect(network.delays.filter((delayMs) => delayMs > acquireTimeoutMs)).toEqual([]);
      expect(network.pending).toBe(0);
    },
  ],
];

const callerDeadlineMs = 5_000;
/** The default of `acquireTimeoutMs`. */
const acquireTimeoutMs = 30_000;

function requireToken({ token }: ScenarioResult): Token {
  if (token === undefined) throw new Error('There is no token');
  return token;
}

async function callAgain({ client, network }: ScenarioResult): Promise<CallResult> {
  if (client === undefined) throw new Error('There is no client');
  return network.settle(callResource(client));
}

/** Makes the token request a new one. */
async function rotate(scenario: ScenarioResult): Promise<void> {
  const next = await scenario.network.settle(requireToken(scenario).invalidate());
  expect(next.isOk()).toBe(true);
}

const authorizationHeaders = ({ network }: ScenarioResult): readonly (string | undefined)[] =>
  network.seen.filter(isResourceRequest).map(({ headers }) => headers.get('authorization'));

/** Repeats the scenario in real time, where a timer beyond the limit fires at once. The replay checks for warnings. */
async function noTimerOverflow(scenario: ScenarioResult): Promise<void> {
  const { config } = scenario;
  const before = tokenRequests(scenario).length;
  const timers = vi.spyOn(globalThis, 'setTimeout');
  try {
    const random = (): number => 0.02; // short waits before the retries
    const token = (await Token.create({ ...config, clock: systemClock, random, start: 'lazy' })).unwrap();
    await token.get();
    const delays = timers.mock.calls.map(([, delayMs]) => delayMs ?? 0);
    const asked = tokenRequests(scenario).length;
    await waitTurns(50);
    await token.close();
    expect(asked).toBeGreaterThan(before);
    expect(tokenRequests(scenario)).toHaveLength(asked);
    expect(delays.filter((delayMs) => !(delayMs > 1 && delayMs <= longestTimerMs))).toEqual([]);
  } finally {
    timers.mockRestore();
  }
}

import { systemClock } from '@bearings/client';
import { Token } from '@bearings/oauth-bearer';
import { expect, vi } from 'vitest';
import { turns } from './byte-server.ts';
import { goodToken, isResourceRequest, isTokenRequest, json, refreshToken } from './example-servers.ts';
import { tokenRequests } from './holds-of-requests.ts';
import type { Hold } from './holds.ts';
import { call, play } from './token-scene.ts';
import type { Called, Scene } from './token-scene.ts';

/** The longest that a failed acquisition is waited for before the next, without a server that asks for more. */
const longestBackoffMs = 300_000;
const longestTimerMs = 2 ** 31 - 1;

/** What must come next. Each of these makes something happen. */
export const holdsAfterwards: readonly Hold[] = [
  [
    'no-refresh-loop',
    async (scene) => {
      await scene.network.pass(1_000);
      expect(tokenRequests(scene).length).toBeGreaterThanOrEqual(1);
      expect(tokenRequests(scene).length).toBeLessThanOrEqual(2);
    },
  ],
  [
    'token-requests=1-after-1s',
    async (scene) => {
      await scene.network.pass(1_000);
      expect(tokenRequests(scene)).toHaveLength(1);
    },
  ],
  ['no-timer-overflow', noTimerOverflow],
  [
    'token-not-reused-as-fresh',
    async (scene) => {
      const before = tokenRequests(scene).length;
      const next = await scene.network.settled(tokenOf(scene).get());
      expect(next.isOk()).toBe(true);
      expect(tokenRequests(scene)).toHaveLength(before + 1);
    },
  ],
  [
    'token-not-cached',
    async (scene) => {
      const { network } = scene;
      const before = tokenRequests(scene).length;
      network.answer = (request) => (isTokenRequest(request) ? goodToken('at_CANARY_next') : json({}));
      await network.pass(longestBackoffMs);
      const next = await callAgain(scene);
      expect(next.response?.status).toBe(200);
      expect(tokenRequests(scene)).toHaveLength(before + 1);
      expect(carriedBy(scene).at(-1)).toBe('Bearer at_CANARY_next');
    },
  ],
  [
    'refreshes-on-401',
    async (scene) => {
      const { network } = scene;
      const before = tokenRequests(scene).length;
      network.answer = (request) => {
        if (isTokenRequest(request)) return goodToken('at_CANARY_2');
        return request.headers.get('authorization') === 'Bearer at_CANARY_2' ? json({}) : json({}, 401);
      };
      const next = await callAgain(scene);
      expect(next.response?.status).toBe(200);
      expect(tokenRequests(scene)).toHaveLength(before + 1);
      expect(carriedBy(scene).slice(-2)).toEqual(['Bearer at_CANARY_1', 'Bearer at_CANARY_2']);
    },
  ],
  [
    'no-cookie-on-next-request',
    async (scene) => {
      await renewed(scene);
      await callAgain(scene);
      expect(scene.network.seen.length).toBeGreaterThan(3);
      expect(scene.network.seen.filter(({ headers }) => headers.has('cookie'))).toEqual([]);
    },
  ],
  [
    'refresh-token-ignored',
    async (scene) => {
      await renewed(scene);
      const bodies = tokenRequests(scene).map(({ body }) => new URLSearchParams(body));
      expect(bodies.map((body) => body.get('grant_type'))).toEqual(['client_credentials', 'client_credentials']);
      expect(JSON.stringify(scene.network.seen.map(({ body, url }) => [body, url]))).not.toContain(refreshToken);
    },
  ],
  [
    'one-value-used-consistently',
    async (scene) => {
      await renewed(scene);
      const urls = tokenRequests(scene).map(({ url }) => url);
      expect(urls).toHaveLength(2);
      expect(new Set(urls).size).toBe(1);
    },
  ],
  [
    'fails-within-caller-deadline',
    async (scene) => {
      const { network } = scene;
      const again = await play(scene, network, { config: scene.config, client: { totalTimeout: callerDeadlineMs } });
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

function tokenOf({ token }: Scene): Token {
  if (token === undefined) throw new Error('There is no token');
  return token;
}

async function callAgain({ client, network }: Scene): Promise<Called> {
  if (client === undefined) throw new Error('There is no client');
  return network.settled(call(client));
}

/** Makes the handle ask for another token. */
async function renewed(scene: Scene): Promise<void> {
  const next = await scene.network.settled(tokenOf(scene).invalidate());
  expect(next.isOk()).toBe(true);
}

const carriedBy = ({ network }: Scene): readonly (string | undefined)[] =>
  network.seen.filter(isResourceRequest).map(({ headers }) => headers.get('authorization'));

/** Once more in the machine's own time, where a timer set too far fires at once. The process's warnings are watched. */
async function noTimerOverflow(scene: Scene): Promise<void> {
  const { config } = scene;
  const before = tokenRequests(scene).length;
  const timers = vi.spyOn(globalThis, 'setTimeout');
  try {
    const random = (): number => 0.02; // so that nobody waits for the retries
    const token = (await Token.create({ ...config, clock: systemClock, random, start: 'lazy' })).unwrap();
    await token.get();
    const delays = timers.mock.calls.map(([, delayMs]) => delayMs ?? 0);
    const asked = tokenRequests(scene).length;
    await turns(50);
    await token.close();
    expect(asked).toBeGreaterThan(before);
    expect(tokenRequests(scene)).toHaveLength(asked);
    expect(delays.filter((delayMs) => !(delayMs > 1 && delayMs <= longestTimerMs))).toEqual([]);
  } finally {
    timers.mockRestore();
  }
}

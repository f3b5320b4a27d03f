import { fakeIssuer, faults, virtualClock } from '@bearings/testing';
import type { FakeIssuer, VirtualClock } from '@bearings/testing';
import '@bearings/testing/vitest';
import { afterEach, expect, test } from 'vitest';
import { staticToken } from '../../src/sources/static-token.ts';
import type { Token } from '../../src/token/token.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';
import type { TokenEvent } from '../../src/token/token-events.ts';
import { createToken, recordEvents } from '../create-token.ts';

const hourMs = 3_600_000;
const unhandled: unknown[] = [];
const noteUnhandled = (reason: unknown): void => void unhandled.push(reason);

afterEach(() => {
  process.off('unhandledRejection', noteUnhandled);
  unhandled.length = 0;
});

interface Scene {
  readonly clock: VirtualClock;
  readonly issuer: FakeIssuer;
  readonly token: Token;
  readonly told: readonly TokenEvent[];
}

/** A token that has not been asked for yet, and what it tells. */
async function scene(changes: Partial<TokenConfig> = {}, lifetimeMs = hourMs): Promise<Scene> {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: lifetimeMs });
  const token = await createToken(issuer, { clock, start: 'lazy', ...changes });
  return { clock, issuer, token, told: recordEvents(token) };
}

const typesOf = (told: readonly TokenEvent[]): readonly string[] => told.map(({ type }) => type);

test('the first token is told as acquired, with how long it took and how long it lives', async () => {
  const { clock, issuer, token, told } = await scene();
  issuer.inject(faults.delay(40), { times: 1 });

  const answer = token.get();
  await clock.advance(40);
  await answer;

  expect(told).toEqual([{ type: 'acquired', at: clock.now(), generation: 1, tookMs: 40, lifetimeMs: hourMs }]);
});

test('the next one, while the last is good, is told as renewed', async () => {
  const { clock, token, told } = await scene();
  await token.get();

  await clock.advance(hourMs / 2);

  expect(told.slice(1)).toEqual([{ type: 'renewed', at: clock.now(), generation: 2, tookMs: 0, lifetimeMs: hourMs }]);
});

test('a rejection is told with the age of the token, and then what came instead', async () => {
  const { clock, token, told } = await scene();
  await token.get();
  await clock.advance(7_000);

  await token.invalidate();

  const at = clock.now();
  expect(told.slice(1)).toEqual([
    { type: 'invalidated', at, generation: 1, ageMs: 7_000 },
    { type: 'rotated', isChanged: true, at, generation: 2, tookMs: 0, lifetimeMs: hourMs },
  ]);
});

test('a rotation that brings the same token again says so', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenFormat: 'opaque', opaqueToken: () => 'the-same-again' });
  const token = await createToken(issuer, { clock });
  const told = recordEvents(token);

  await token.invalidate();

  expect(told.at(-1)).toMatchObject({ type: 'rotated', isChanged: false, generation: 2 });
});

test('many who report one token are told of as one rejection', async () => {
  const { token, told } = await scene();
  const first = (await token.get()).unwrap();

  await Promise.all(Array.from({ length: 50 }, () => token.invalidate(first)));

  expect(typesOf(told)).toEqual(['acquired', 'invalidated', 'rotated']);
});

test('a failure is told with its error, how many there were, and when the next attempt is due', async () => {
  const { clock, issuer, token, told } = await scene({ random: () => 0.5 });
  await token.get();
  issuer.inject(faults.status(503));

  await clock.advance(hourMs / 2);
  const [failure] = told.slice(1);
  await clock.advance(120_000);

  expect(failure).toMatchObject({ type: 'renewal-failed', failures: 1, error: { code: 'HTTP', status: 503 } });
  expect(token.status().failure?.at).toBe((told.at(-1) as { at: number }).at);
  for (const [index, event] of told.slice(1).entries()) {
    if (event.type !== 'renewal-failed') throw new Error(`there is a ${event.type} among the failures`);
    expect(event.failures).toBe(index + 1);
    expect(event.error).toMatchObject({ failedAt: event.at, retryAt: event.retryAt });
    const next = told[index + 2];
    if (next !== undefined) expect(next.at).toBe(event.retryAt);
  }
  expect(told.length).toBeGreaterThan(4);
});

test('how long a failed acquisition took is told', async () => {
  const { clock, issuer, token, told } = await scene();
  issuer.inject([faults.status(400), faults.delay(30)]);

  const answer = token.get();
  await clock.advance(30);
  await answer;

  expect(told).toMatchObject([{ type: 'renewal-failed', tookMs: 30, failures: 1 }]);
});

test('an outage is told from the first failure to recovery, with the end of the token between', async () => {
  const { clock, issuer, token, told } = await scene({ random: () => 0.999 });
  await token.get();
  const outage = issuer.inject(faults.status(503));

  await clock.advance(hourMs);
  token.read();
  token.read();
  outage.clear();
  await clock.advance(600_000);

  const types = typesOf(told);
  const failures = types.filter((type) => type === 'renewal-failed').length;
  const firstFailure = told.find(({ type }) => type === 'renewal-failed');
  expect(types.filter((type) => type === 'expired')).toHaveLength(1);
  expect(types.slice(-2)).toEqual(['acquired', 'recovered']);
  const [{ at } = { at: 0 }, recovered] = told.slice(-2);
  expect(recovered).toEqual({ type: 'recovered', at, failures, downMs: at - (firstFailure?.at ?? 0) });
});

test('the end of a token that was noticed late is told once, with how late', async () => {
  const { clock, token, told } = await scene();
  await token.get();

  await clock.suspend(hourMs + 5_000);
  token.read();
  await token.get();

  expect(told.slice(1)).toMatchObject([
    { type: 'expired', generation: 1, overdueMs: 5_000 },
    { type: 'acquired', generation: 2 },
  ]);
});

test('closing is told once, and nothing after it', async () => {
  const { clock, token, told } = await scene();
  await token.get();

  await token.close();
  await token.close();
  await token.invalidate();
  await clock.advance(2 * hourMs);

  expect(told.slice(1)).toEqual([{ type: 'closed', at: clock.now() - 2 * hourMs }]);
});

test('a fixed token tells that it was closed', async () => {
  const token = staticToken('at_CANARY_1');
  const told = recordEvents(token);

  await token.close();
  await token.close();

  expect(typesOf(told)).toEqual(['closed']);
});

test('who stops listening is told nothing more, and the same function may listen twice', async () => {
  const { token } = await scene();
  const told: TokenEvent[] = [];
  const listener = (event: TokenEvent): number => told.push(event);
  const stop = token.subscribe(listener);
  const stopOther = token.subscribe(listener);

  await token.get();
  stop();
  stop();
  await token.invalidate();
  stopOther();
  await token.invalidate();

  expect(typesOf(told)).toEqual(['acquired', 'acquired', 'invalidated', 'rotated']);
});

test.each<[string, () => unknown]>([
  [
    'throws',
    () => {
      throw new Error('a listener broke');
    },
  ],
  ['rejects', () => Promise.reject(new Error('a listener broke'))],
  ['throws something odd', () => Promise.reject(undefined)],
  ['never answers', () => new Promise(() => {})],
])('a listener that %s harms nobody', async (_, broken) => {
  process.on('unhandledRejection', noteUnhandled);
  const { clock, issuer, token } = await scene();
  token.subscribe(broken);
  const told = recordEvents(token);

  await token.get();
  await token.invalidate();
  issuer.inject(faults.status(503), { times: 3 });
  await clock.advance(hourMs);
  await token.close();
  await new Promise((resolve) => setImmediate(resolve)); // rejections are told in a turn of their own

  expect(unhandled).toEqual([]);
  expect(token.read().unwrapErr().code).toBe('CLOSED');
  expect(typesOf(told)).toEqual([
    'acquired',
    'invalidated',
    'rotated',
    'renewal-failed',
    'renewed',
    'recovered',
    'closed',
  ]);
});

test('a listener that changes what it is told changes it for nobody', async () => {
  const { token } = await scene();
  token.subscribe((event) => Object.assign(event, { type: 'closed', generation: 99 }));
  const told = recordEvents(token);

  await token.get();

  expect(told).toMatchObject([{ type: 'acquired', generation: 1 }]);
});

test('a listener that listens anew at each event is told of each once', async () => {
  const { token } = await scene();
  let times = 0;
  let stop = (): void => {};
  const listenAnew = (): void => {
    times += 1;
    if (times > 20) return;
    stop();
    stop = token.subscribe(listenAnew);
  };
  stop = token.subscribe(listenAnew);

  await token.get();

  expect(times).toBe(1);
});

test('a listener may ask the token while it is told, and no request is made twice for it', async () => {
  const { clock, issuer, token, told } = await scene({}, 60_000);
  await token.get();
  token.subscribe(async (event) => {
    if (event.type !== 'closed') await token.get();
  });
  const outage = issuer.inject(faults.status(503));

  await clock.advance(59_999);
  outage.clear();
  const held = issuer.inject(faults.hang());
  await clock.advance(1_001);
  const underWay = issuer.requests.filter(({ endpoint, status }) => endpoint === 'token' && status === undefined);
  held.clear();
  await clock.settle();

  expect(underWay).toHaveLength(1);
  expect(typesOf(told)).toContain('expired');
  expect(told.filter(({ type }) => type === 'acquired')).toHaveLength(2);
});

test('a listener may close the token', async () => {
  const { clock, issuer, token, told } = await scene();
  token.subscribe(async (event) => {
    if (event.type === 'renewal-failed') await token.close();
  });
  issuer.inject(faults.status(503));

  await token.get();
  await clock.advance(hourMs);

  expect(typesOf(told)).toEqual(['renewal-failed', 'closed']);
  expect(clock.pending).toBe(0);
});

test('nothing that is told holds a secret', async () => {
  const { clock, issuer, token, told } = await scene();
  const first = (await token.get()).unwrap().secret.expose();
  const second = (await token.invalidate()).unwrap().secret.expose();
  issuer.inject(faults.status(401, { body: { error: 'invalid_client', error_description: second } }));

  await clock.advance(hourMs);
  await token.get();

  expect(new Set(typesOf(told))).toEqual(new Set(['acquired', 'invalidated', 'rotated', 'renewal-failed', 'expired']));
  expect(told).toHideSecrets([first, second, issuer.credentials.clientSecret]);
});

test('who counts a kind of event need not know the others', async () => {
  const { clock, token, told } = await scene();
  await token.get();
  await clock.advance(10 * hourMs);

  const lived = told.reduce((sum, event) => ('lifetimeMs' in event ? sum + event.lifetimeMs : sum), 0);

  expect(lived).toBe(21 * hourMs);
});

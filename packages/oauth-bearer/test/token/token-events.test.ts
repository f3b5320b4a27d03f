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
  readonly events: readonly TokenEvent[];
}

/** A token that has not been asked for yet, and what it tells. */
async function scene(changes: Partial<TokenConfig> = {}, lifetimeMs = hourMs): Promise<Scene> {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: lifetimeMs });
  const token = await createToken(issuer, { clock, start: 'lazy', ...changes });
  return { clock, issuer, token, events: recordEvents(token) };
}

/** How the tokens of the scene are requested. */
const request = { grantType: 'client_credentials', clientAuthMethod: 'client_secret_basic' };

const eventTypes = (events: readonly TokenEvent[]): readonly string[] => events.map(({ type }) => type);

test('the first token is reported as acquired, with its duration and lifetime', async () => {
  const { clock, issuer, token, events } = await scene();
  issuer.inject(faults.delay(40), { times: 1 });

  const answer = token.get();
  await clock.advance(40);
  await answer;

  expect(events).toEqual([
    { type: 'acquired', at: clock.now(), generation: 1, tookMs: 40, lifetimeMs: hourMs, request },
  ]);
});

test('the next one, while the last is valid, is reported as renewed', async () => {
  const { clock, token, events } = await scene();
  await token.get();

  await clock.advance(hourMs / 2);

  expect(events.slice(1)).toEqual([
    { type: 'renewed', at: clock.now(), generation: 2, tookMs: 0, lifetimeMs: hourMs, request },
  ]);
});

test('a rejection is reported with the age of the token, then its replacement', async () => {
  const { clock, token, events } = await scene();
  await token.get();
  await clock.advance(7_000);

  await token.invalidate();

  const at = clock.now();
  expect(events.slice(1)).toEqual([
    { type: 'invalidated', at, generation: 1, ageMs: 7_000 },
    { type: 'rotated', isChanged: true, at, generation: 2, tookMs: 0, lifetimeMs: hourMs, request },
  ]);
});

test('a rotation that brings the same token again says so', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenFormat: 'opaque', opaqueToken: () => 'the-same-again' });
  const token = await createToken(issuer, { clock });
  const events = recordEvents(token);

  await token.invalidate();

  expect(events.at(-1)).toMatchObject({ type: 'rotated', isChanged: false, generation: 2 });
});

test('many reports of one token are one rejection', async () => {
  const { token, events } = await scene();
  const first = (await token.get()).unwrap();

  await Promise.all(Array.from({ length: 50 }, () => token.invalidate(first)));

  expect(eventTypes(events)).toEqual(['acquired', 'invalidated', 'rotated']);
});

test('a failure is reported with its error, the count, and when the next attempt is due', async () => {
  const { clock, issuer, token, events } = await scene({ random: () => 0.5 });
  await token.get();
  issuer.inject(faults.status(503));

  await clock.advance(hourMs / 2);
  const [failure] = events.slice(1);
  await clock.advance(120_000);

  expect(failure).toMatchObject({ type: 'renewal-failed', failures: 1, error: { code: 'TOKEN_HTTP', status: 503 } });
  expect(token.status().failure?.at).toBe((events.at(-1) as { at: number }).at);
  for (const [index, event] of events.slice(1).entries()) {
    if (event.type !== 'renewal-failed') throw new Error(`there is a ${event.type} among the failures`);
    expect(event.failures).toBe(index + 1);
    expect(event.error).toMatchObject({ failedAt: event.at, retryAt: event.retryAt });
    const next = events[index + 2];
    if (next !== undefined) expect(next.at).toBe(event.retryAt);
  }
  expect(events.length).toBeGreaterThan(4);
});

test('the duration of a failed acquisition is reported', async () => {
  const { clock, issuer, token, events } = await scene();
  issuer.inject([faults.status(400), faults.delay(30)]);

  const answer = token.get();
  await clock.advance(30);
  await answer;

  expect(events).toMatchObject([{ type: 'renewal-failed', tookMs: 30, failures: 1 }]);
});

test('an outage is reported from the first failure to recovery, with the expiry of the token between', async () => {
  const { clock, issuer, token, events } = await scene({ random: () => 0.999 });
  await token.get();
  const outage = issuer.inject(faults.status(503));

  await clock.advance(hourMs);
  token.read();
  token.read();
  outage.clear();
  await clock.advance(600_000);

  const types = eventTypes(events);
  const failures = types.filter((type) => type === 'renewal-failed').length;
  const firstFailure = events.find(({ type }) => type === 'renewal-failed');
  expect(types.filter((type) => type === 'expired')).toHaveLength(1);
  expect(types.slice(-2)).toEqual(['acquired', 'recovered']);
  const [{ at } = { at: 0 }, recovered] = events.slice(-2);
  expect(recovered).toEqual({ type: 'recovered', at, failures, downMs: at - (firstFailure?.at ?? 0) });
});

test('an expiry that is noticed late is reported once, with the delay', async () => {
  const { clock, token, events } = await scene();
  await token.get();

  await clock.suspend(hourMs + 5_000);
  token.read();
  await token.get();

  expect(events.slice(1)).toMatchObject([
    { type: 'expired', generation: 1, overdueMs: 5_000 },
    { type: 'acquired', generation: 2 },
  ]);
});

test('closing is reported once, and nothing after it', async () => {
  const { clock, token, events } = await scene();
  await token.get();

  await token.close();
  await token.close();
  await token.invalidate();
  await clock.advance(2 * hourMs);

  expect(events.slice(1)).toEqual([{ type: 'closed', at: clock.now() - 2 * hourMs }]);
});

test('a fixed token tells that it was closed', async () => {
  const token = staticToken('at_CANARY_1');
  const events = recordEvents(token);

  await token.close();
  await token.close();

  expect(eventTypes(events)).toEqual(['closed']);
});

test('a removed listener gets no more events, and the same function may be added twice', async () => {
  const { token } = await scene();
  const events: TokenEvent[] = [];
  const listener = (event: TokenEvent): number => events.push(event);
  const stop = token.subscribe(listener);
  const stopOther = token.subscribe(listener);

  await token.get();
  stop();
  stop();
  await token.invalidate();
  stopOther();
  await token.invalidate();

  expect(eventTypes(events)).toEqual(['acquired', 'acquired', 'invalidated', 'rotated']);
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
])('a listener that %s does not affect the token or other listeners', async (_, broken) => {
  process.on('unhandledRejection', noteUnhandled);
  const { clock, issuer, token } = await scene();
  token.subscribe(broken);
  const events = recordEvents(token);

  await token.get();
  await token.invalidate();
  issuer.inject(faults.status(503), { times: 3 });
  await clock.advance(hourMs);
  await token.close();
  await new Promise((resolve) => setImmediate(resolve)); // rejections are reported in a later turn

  expect(unhandled).toEqual([]);
  expect(token.read().unwrapErr().code).toBe('TOKEN_CLOSED');
  expect(eventTypes(events)).toEqual([
    'acquired',
    'invalidated',
    'rotated',
    'renewal-failed',
    'renewed',
    'recovered',
    'closed',
  ]);
});

test('a listener cannot change an event for the others', async () => {
  const { token } = await scene();
  token.subscribe((event) => Object.assign(event, { type: 'closed', generation: 99 }));
  const events = recordEvents(token);

  await token.get();

  expect(events).toMatchObject([{ type: 'acquired', generation: 1 }]);
});

test('a listener that is added again at each event gets each event once', async () => {
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

test('a listener may use the token, and causes no second request', async () => {
  const { clock, issuer, token, events } = await scene({}, 60_000);
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
  expect(eventTypes(events)).toContain('expired');
  expect(events.filter(({ type }) => type === 'acquired')).toHaveLength(2);
});

test('a listener may close the token', async () => {
  const { clock, issuer, token, events } = await scene();
  token.subscribe(async (event) => {
    if (event.type === 'renewal-failed') await token.close();
  });
  issuer.inject(faults.status(503));

  await token.get();
  await clock.advance(hourMs);

  expect(eventTypes(events)).toEqual(['renewal-failed', 'closed']);
  expect(clock.pending).toBe(0);
});

test('no event contains a secret', async () => {
  const { clock, issuer, token, events } = await scene();
  const first = (await token.get()).unwrap().secret.expose();
  const second = (await token.invalidate()).unwrap().secret.expose();
  issuer.inject(faults.status(401, { body: { error: 'invalid_client', error_description: second } }));

  await clock.advance(hourMs);
  await token.get();

  expect(new Set(eventTypes(events))).toEqual(
    new Set(['acquired', 'invalidated', 'rotated', 'renewal-failed', 'expired']),
  );
  expect(events).toHideSecrets([first, second, issuer.credentials.clientSecret]);
});

test('a listener can count one kind of event without knowing the others', async () => {
  const { clock, token, events } = await scene();
  await token.get();
  await clock.advance(10 * hourMs);

  const lived = events.reduce((sum, event) => ('lifetimeMs' in event ? sum + event.lifetimeMs : sum), 0);

  expect(lived).toBe(21 * hourMs);
});

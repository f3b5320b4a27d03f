import { fakeIssuer, faults, virtualClock } from '@bearings/testing';
import type { FakeIssuer, VirtualClock } from '@bearings/testing';
import { Err, Ok } from 'ts-results';
import { beforeEach, expect, test, vi } from 'vitest';
import { TokenUnavailableError } from '../../src/errors.ts';
import type { TokenSource } from '../../src/sources/token-source.ts';
import { Token } from '../../src/token/token.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';
import { configFor, recordEvents } from '../create-token.ts';

const hourMs = 3_600_000;

beforeEach(() => {
  vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
});

interface Scene {
  readonly clock: VirtualClock;
  readonly issuer: FakeIssuer;
  readonly token: Token;
}

function scene(changes: Partial<TokenConfig> = {}): Scene {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: hourMs });
  return { clock, issuer, token: Token.onDemand(configFor(issuer, { clock, ...changes })).unwrap() };
}

/** An answer that never comes: the request that waited for it has ended, and its timers with it. */
function endRequest(clock: VirtualClock): Promise<void> {
  return clock.advance(1);
}

test('an acquisition whose request has ended is made anew by the next caller, after 3 s from its start', async () => {
  const { clock, issuer, token } = scene();
  issuer.inject(faults.hang(), { times: 1, on: 'token' });
  void token.get();
  await endRequest(clock);

  const joined = token.get();
  await clock.advance(2_998);
  const before = issuer.counts.token;
  await clock.advance(1);

  expect((await joined).isOk()).toBe(true);
  expect([before, issuer.counts.token]).toEqual([1, 2]);
});

test('callers that come later than that do not wait, and 20 of them make one request', async () => {
  const { clock, issuer, token } = scene();
  issuer.inject(faults.hang(), { times: 1, on: 'token' });
  void token.get();
  await clock.advance(3_001);

  const answers = await Promise.all(Array.from({ length: 20 }, () => token.get()));

  expect(answers.every((each) => each.isOk())).toBe(true);
  expect(issuer.counts.token).toBe(2);
});

test('a slow answer is published, and goes to those who wait for it, also when others have begun a new request', async () => {
  const { clock, issuer, token } = scene();
  issuer.inject(faults.delay(4_000), { times: 2, on: 'token' });
  const first = token.get();
  const second = token.get();
  await clock.advance(4_000);
  const answered = [await first, token.read()].map((each) => each.isOk());
  await clock.advance(4_000);

  expect(answered).toEqual([true, true]);
  expect((await second).isOk()).toBe(true);
  expect(issuer.counts.token).toBe(2);
});

test('an answer that comes after a newer token does not replace it', async () => {
  const { clock, issuer, token } = scene();
  issuer.inject(faults.delay(5_000), { times: 1, on: 'token' });
  const first = token.get();
  await clock.advance(3_001);
  const newer = (await token.get()).unwrap();
  await clock.advance(2_000);

  expect((await first).unwrap()).toBe(newer);
  expect(token.read().unwrap()).toBe(newer);
  expect(token.status().generation).toBe(1);
});

test('the failure of a request that was given up does not become the state of the token', async () => {
  const { clock, issuer, token } = scene();
  issuer.inject(faults.delay(5_000), { times: 1, on: 'token' });
  const events = recordEvents(token);
  const first = token.get();
  await clock.advance(3_001);
  await token.get();
  issuer.inject(faults.status(400, { body: { error: 'invalid_client' } }));
  await clock.advance(9_000);

  expect((await first).isOk()).toBe(true);
  expect(events.map(({ type }) => type)).toEqual(['acquired']);
});

test('a renewal in the background whose request has ended is made anew at a later use', async () => {
  const { clock, issuer, token } = scene();
  await token.get();
  await clock.advance(hourMs / 2);
  issuer.inject(faults.hang(), { times: 1, on: 'token' });

  token.read();
  await clock.advance(3_001);
  token.read();
  await clock.advance(1);

  expect(issuer.counts.token).toBe(3);
  expect(token.status().generation).toBe(2);
});

test('a rotation whose request has ended is made anew', async () => {
  const { clock, issuer, token } = scene();
  const old = (await token.get()).unwrap();
  issuer.inject(faults.hang(), { times: 1, on: 'token' });
  issuer.revoke();
  void token.invalidate(old);
  await clock.advance(3_001);

  const rotated = await token.invalidate(old);

  expect(rotated.unwrap().isSameAs(old)).toBe(false);
  expect(issuer.counts.token).toBe(3);
});

test.each(['once', 'never'] as const)(
  'a source that may be asked %s has its whole time, and has then failed as after a lost answer',
  async (retry) => {
    const clock = virtualClock();
    let asked = 0;
    const source: TokenSource = {
      retry,
      async acquire() {
        asked += 1;
        if (asked === 1) return new Promise(() => {});
        return Ok({ value: 'a token', lifetimeMs: hourMs });
      },
    };
    const token = (await Token.from(source, { clock: withoutTimeout(clock), start: 'lazy' })).unwrap();
    void token.get();
    await clock.advance(29_000);
    const joined = token.get();
    await clock.advance(1_001);

    const answer = await joined;
    expect(asked).toBe(1);
    expect(answer.isErr() && answer.error).toMatchObject({
      code: 'TOKEN_UNAVAILABLE',
      kind: retry === 'once' ? 'transient' : 'terminal',
      message: expect.stringContaining('the request that asked the token source ended before the answer'),
    });
  },
);

/** The first timer is the time limit of the acquisition, which ends with its request. */
function withoutTimeout(clock: VirtualClock): VirtualClock {
  let timers = 0;
  return {
    ...clock,
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    schedule: (delayMs, act, options) => {
      timers += 1;
      return timers === 1 ? () => {} : clock.schedule(delayMs, act, options);
    },
  };
}

test('no timer is set: it would end with its request', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: hourMs });
  const token = (await Token.create(configFor(issuer, { clock }))).unwrap();

  await clock.advance(3 * hourMs);

  expect(issuer.counts.token).toBe(1);
  expect((await token.get()).isOk()).toBe(true);
  expect(issuer.counts.token).toBe(2);
});

test('close() does not wait for an acquisition whose request has ended', async () => {
  const { clock, issuer, token } = scene();
  issuer.inject(faults.hang(), { times: 1, on: 'token' });
  void token.get();
  await clock.advance(10);

  const closing = token.close();
  await clock.advance(3_000);

  await closing;
  expect(token.status().state).toBe('closed');
});

test('callers do not wait for a question to the source whose request has ended', async () => {
  const clock = virtualClock();
  let questions = 0;
  const source: TokenSource = {
    acquire: async () => Err(new TokenUnavailableError('refused', { kind: 'permanent' })),
    hasChanged() {
      questions += 1;
      return new Promise(() => {});
    },
  };
  const token = (await Token.from(source, { clock, start: 'lazy' })).unwrap();
  await token.get();
  void token.get();

  const answer = token.get();
  await clock.advance(1_000);

  expect((await answer).isErr()).toBe(true);
  expect(questions).toBe(1);
});

test('a question to the source that was never answered is asked again', async () => {
  const clock = virtualClock();
  const answers: Promise<boolean>[] = [new Promise(() => {}), Promise.resolve(true)];
  let isMended = false;
  const source: TokenSource = {
    acquire: async () =>
      isMended
        ? Ok({ value: 'token', lifetimeMs: hourMs })
        : Err(new TokenUnavailableError('refused', { kind: 'permanent' })),
    hasChanged: () => answers.shift() ?? Promise.resolve(true),
  };
  // the request whose timer would have ended the first question has ended
  const withoutTimer: VirtualClock = { ...clock, schedule: () => () => {} };
  let isFirst = true;
  const schedule: VirtualClock['schedule'] = (...values) => {
    const made = isFirst && values[0] === 1_000 ? withoutTimer.schedule(...values) : clock.schedule(...values);
    isFirst = isFirst && values[0] !== 1_000;
    return made;
  };
  const token = (await Token.from(source, { clock: { ...clock, schedule }, start: 'lazy' })).unwrap();
  await token.get();
  void token.get();
  await clock.settle();
  isMended = true;

  const waiting = token.get();
  await clock.advance(1_000);
  await waiting;
  await clock.advance(1_000);

  expect((await token.get()).isOk()).toBe(true);
});

test('background gets each acquisition when it begins; what it throws is ignored', async () => {
  const kept: Promise<unknown>[] = [];
  const { issuer, token } = scene({
    background(acquisition) {
      kept.push(acquisition);
      throw new Error('no request');
    },
  });

  const [first] = await Promise.all([token.get(), token.get()]);
  issuer.revoke();
  await token.invalidate(first.unwrap());

  expect(kept).toHaveLength(2);
  await expect(Promise.all(kept)).resolves.toHaveLength(2);
});

test('a background that is no function is refused', () => {
  const made = Token.onDemand(configFor(fakeIssuer(), { background: true as never }));

  expect(made.isErr() && made.error.message).toContain('background must be a function, such as waitUntil');
});

import { Token } from '@bearings/oauth-bearer';
import type { TokenEvent } from '@bearings/oauth-bearer';
import { faults } from '@bearings/testing';
import { expect } from 'vitest';
import { tokenConfig, hourMs, minuteMs, createService, catchError, tokenValue } from './create-service.ts';
import { replay } from './replay.ts';

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, () => make());

replay('CC-001', async ({ hides }) => {
  const { issuer, token } = await createService({ token: { start: 'lazy' } });

  const answers = await Promise.all(times(1_000, () => token.get()));

  expect(issuer.counts.token).toBe(1);
  expect([...new Set(answers.map(tokenValue))]).toEqual(['at_CANARY_1']);
  hides([token, answers[0], token.status()]);
});

replay('CC-002', async ({ hides }) => {
  const { clock, config, issuer, token } = await createService({ token: { start: 'lazy' } });
  const outage = issuer.inject(faults.status(400, { body: { error: 'invalid_client' } }));

  const answers = await Promise.all(times(1_000, () => token.get()));

  expect(issuer.counts.token).toBe(1);
  expect(new Set(answers.map((answer) => answer.unwrapErr().code))).toEqual(new Set(['TOKEN_HTTP']));
  hides(answers[0]?.unwrapErr());
  outage.clear();
  const { failure } = token.status();
  await clock.advance((failure?.retryAt ?? Infinity) - clock.now());
  expect((await token.get()).isOk()).toBe(true);
  expect(issuer.counts.token).toBe(2);
  const another = (await Token.create({ ...config, start: 'eager' })).unwrap();
  expect(issuer.counts.token).toBe(3);
  await another.close();
});

replay('CC-004', async ({ hides }) => {
  const { clock, client, issuer, sent, token } = await createService();
  const slow = issuer.inject(faults.hang());
  await clock.advance(hourMs / 2);

  const during = clock.now();
  await Promise.all(times(20, () => client.get('orders').json()));
  const reads = [...times(20, () => token.read()), ...(await Promise.all(times(20, () => token.get())))].map(
    tokenValue,
  );

  expect(new Set([...sent(), ...reads])).toEqual(new Set(['at_CANARY_1']));
  expect(sent()).toHaveLength(20);
  expect(clock.now()).toBe(during);
  expect({ hits: slow.hits, token: issuer.counts.token }).toEqual({ hits: 1, token: 2 });
  slow.clear();
  await clock.settle();
  expect(tokenValue(token.read())).toBe('at_CANARY_2');
  expect(issuer.counts.token).toBe(2);
  hides([token, client, token.status()]);
});

replay('CC-005', async ({ hides }) => {
  const { api, clock, client, issuer, sent, token } = await createService();
  const slow = issuer.inject(faults.hang());
  await clock.suspend(hourMs);

  const calls = times(20, () => client.get('orders').json());
  await clock.settle();
  expect(hides(token.read()).isErr()).toBe(true);
  expect(api.requests).toHaveLength(0);
  slow.clear();
  await Promise.all(calls);

  expect(sent()).toEqual(times(20, () => 'at_CANARY_2'));
  expect(issuer.counts.token).toBe(2);
});

replay('CC-006', async ({ hides }) => {
  const lifetimeMs = 2 * minuteMs;
  const { api, clock, client, issuer, sent, token } = await createService({
    issuer: { tokenLifetimeMs: lifetimeMs },
    token: { refreshOffsetMs: minuteMs },
  });
  issuer.inject(faults.status(503));
  const heard: TokenEvent[] = [];
  token.subscribe((event) => heard.push(event));

  for (let age = 0; age < lifetimeMs; age += 1_000) {
    await client.get('orders').json();
    await clock.advance(1_000);
  }
  const call = catchError(() => client.get('orders').json());
  await clock.advance(minuteMs);

  expect(sent()).toEqual(times(120, () => 'at_CANARY_1'));
  expect(api.counts).toEqual({ requests: 120, unauthorized: 0, forbidden: 0 });
  expect(hides(await call)).toMatchObject({ code: 'TOKEN_HTTP', status: 503 });
  const [first = 0, second = 0, third = 0] = acquisitionStarts(issuer.requests.slice(1).map(({ at }) => at));
  expect(first - (issuer.requests[0]?.at ?? 0)).toBe(minuteMs);
  expect(second - first).toBeGreaterThan(1_000);
  expect(third - second).toBeGreaterThan(second - first);
  expect(issuer.counts.token).toBeLessThan(30);
  expect(hides(token.status()).failure).toMatchObject({ code: 'TOKEN_HTTP' });
  const failures = hides(heard).filter(({ type }) => type === 'renewal-failed');
  expect(failures.length).toBeGreaterThan(2);
  expect(failures[0]).toMatchObject({ at: first + 150, failures: 1, error: { code: 'TOKEN_HTTP', status: 503 } });
});

/** The start of each acquisition. Its own retries follow within a second. */
function acquisitionStarts(instants: readonly number[]): readonly number[] {
  return instants.filter((at, index) => index === 0 || at - (instants[index - 1] ?? 0) > 1_000);
}

replay('CC-007', async ({ hides }) => {
  const { api, clock, client, issuer, sent } = await createService();
  issuer.inject(faults.status(401, { body: { error: 'invalid_client' } }));

  for (let age = 0; age < hourMs; age += minuteMs) {
    await client.get('orders').json();
    await clock.advance(minuteMs);
  }
  const failure = await catchError(() => client.get('orders').json());

  expect(new Set(sent())).toEqual(new Set(['at_CANARY_1']));
  expect(api.requests).toHaveLength(60);
  expect(issuer.counts.token).toBeGreaterThan(2);
  expect(issuer.counts.token).toBeLessThanOrEqual(10);
  expect(hides(failure)).toMatchObject({ code: 'TOKEN_HTTP', status: 401, oauthError: 'invalid_client' });
  expect(api.requests).toHaveLength(60);
});

replay('CC-008', async ({ hides }) => {
  const { api, clock, client, issuer, token } = await createService();
  const slow = issuer.inject([faults.status(400, { body: { error: 'invalid_grant' } }), faults.hang()]);
  await clock.suspend(0.9 * hourMs);
  expect(token.read().isOk()).toBe(true);
  await clock.settle();
  expect(slow.hits).toBe(1);
  await clock.suspend(0.2 * hourMs);

  const call = catchError(() => client.get('orders').json());
  await clock.settle();
  slow.clear();

  expect(hides(await call)).toMatchObject({ code: 'TOKEN_HTTP', status: 400, oauthError: 'invalid_grant' });
  expect(api.requests).toHaveLength(0);
  expect(hides(token.read()).isErr()).toBe(true);
  expect(issuer.counts.token).toBe(2);
});

replay('CC-009', async ({ hides }) => {
  const { clock, issuer, token } = await createService({ token: { start: 'lazy' } });
  const lives = [600, 1_200, 2_400, 4_800];
  for (const [index, seconds] of lives.entries()) {
    issuer.inject([faults.expiresIn(seconds), faults.tokenType('bearer'), scope(index + 1)], { times: 1 });
  }
  const seen = new Map<string, Set<string>>();
  const look = (): void => {
    const answer = token.read();
    if (answer.isErr()) return;
    const { secret, scopes, issuedAt, expiresAt, generation } = answer.value;
    const life = [answer.value.authorization(), scopes.join(), (expiresAt - issuedAt) / 1_000, generation].join(' ');
    seen.set(secret.expose(), (seen.get(secret.expose()) ?? new Set()).add(life));
    expect([Object.isFrozen(answer.value), Object.isFrozen(scopes)]).toEqual([true, true]);
  };

  const readUntil = async (generation: number): Promise<void> => {
    while (token.read().unwrap().generation < generation) {
      for (let step = 0; step < 20; step += 1) {
        look();
        await Promise.resolve(); // a read between any two steps of the renewal
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    look();
  };

  await token.get();
  look();
  for (const [index, seconds] of lives.slice(0, -1).entries()) {
    await clock.suspend(seconds * 600);
    await Promise.all(times(20, () => readUntil(index + 2)));
  }

  expect(Object.fromEntries([...seen].map(([value, lifes]) => [value, [...lifes]]))).toEqual({
    at_CANARY_1: ['Bearer at_CANARY_1 s1 600 1'],
    at_CANARY_2: ['Bearer at_CANARY_2 s2 1200 2'],
    at_CANARY_3: ['Bearer at_CANARY_3 s3 2400 3'],
    at_CANARY_4: ['Bearer at_CANARY_4 s4 4800 4'],
  });
  hides(token.read());
});

const scope = (count: number): ReturnType<typeof faults.member> => faults.member('scope', `s${count}`);

replay('CC-011', async ({ hides }) => {
  const { clock, issuer, token } = await createService();

  const answers = await Promise.all(times(100, () => token.invalidate()));

  expect(issuer.counts.token).toBe(2);
  expect([...new Set(answers.map(tokenValue))]).toEqual(['at_CANARY_2']);
  await clock.advance(minuteMs);
  const rejected = token.read().unwrap();
  await Promise.all([token.invalidate(rejected), token.invalidate(rejected)]);
  expect(issuer.counts.token).toBe(3);
  await token.invalidate(rejected);
  expect(issuer.counts.token).toBe(3);
  hides(token.status());
});

replay('CC-012', async ({ hides }) => {
  const { clock, issuer, token } = await createService({ token: { start: 'lazy' } });
  const first = issuer.inject(faults.hang(), { times: 1 });
  const waiters = times(10, () => token.get());
  await clock.settle();

  await clock.advance(20_000); // the first attempt times out, and a second one starts
  const answers = await Promise.all(waiters);
  expect(issuer.counts).toMatchObject({ token: 2, granted: 1 });
  first.clear();
  await clock.settle();

  expect(issuer.counts).toMatchObject({ token: 2, granted: 2 });
  expect([...new Set(answers.map(tokenValue))]).toEqual(['at_CANARY_2']);
  expect(tokenValue(token.read())).toBe('at_CANARY_2');

  // a renewal from before the rejection returns the rejected token: another renewal replaces it
  await clock.advance(minuteMs);
  const slow = issuer.inject([faults.hang(), faults.member('access_token', 'at_CANARY_2')], { times: 1 });
  await clock.suspend(hourMs / 2);
  token.read();
  await clock.settle();
  expect(slow.hits).toBe(1);
  const rejected = token.read().unwrap();
  const late = times(10, () => token.invalidate(rejected));
  slow.clear();
  expect([...new Set((await Promise.all(late)).map(tokenValue))]).toEqual(['at_CANARY_4']);
  expect(tokenValue(token.read())).toBe('at_CANARY_4');
  expect(issuer.counts.token).toBe(4);
  hides(token.status());
});

replay('CC-020', async ({ hides }) => {
  const signals: AbortSignal[] = [];
  const { api, clock, client, config, issuer } = await createService();
  const { fetch = globalThis.fetch } = config;
  const watched: typeof globalThis.fetch = (input, init) => {
    if (init?.signal) signals.push(init.signal);
    return fetch(input, init);
  };
  const token = (await Token.create(tokenConfig(issuer, { ...config, fetch: watched, start: 'lazy' }))).unwrap();
  const slow = issuer.inject(faults.hang());

  const waiters = times(10, () => token.get());
  await clock.settle();
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  await token.close();
  const errors = (await Promise.all(waiters)).map((answer) => answer.unwrapErr());

  expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['TOKEN_CLOSED']));
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  slow.clear();
  await clock.advance(hourMs);
  expect(token.read().unwrapErr().code).toBe('TOKEN_CLOSED');
  expect(token.status()).toMatchObject({ state: 'closed', generation: 0, expiresAt: undefined });
  expect(signals).toHaveLength(1);
  expect(api.requests).toHaveLength(0);
  hides([...errors, token, client]);
});

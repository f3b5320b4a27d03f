import { createClient } from '@bearings/client';
import { staticToken, withBearerAuth } from '@bearings/oauth-bearer';
import { faults } from '@bearings/testing';
import { expect } from 'vitest';
import { settleCall, getError, expectCallOutcome, getStatus } from './call-outcome.ts';
import type { CallOutcome } from './call-outcome.ts';
import { minuteMs, createService } from './create-service.ts';
import { replay } from './replay.ts';
import type { Run } from './replay.ts';

const lazy = { token: { start: 'lazy' } } as const;

/** A call, and whether it has ended. */
function watched(call: Promise<CallOutcome>): { readonly call: Promise<CallOutcome>; isOver: boolean } {
  const all = { call, isOver: false };
  const watch = async (): Promise<void> => {
    await call;
    all.isOver = true;
  };
  void watch();
  return all;
}

replay('TO-001', async ({ entry, hides }) => {
  const { api, client, clock, issuer, sent } = await createService(lazy);
  const slow = issuer.inject(faults.hang());

  const a = watched(settleCall(client.fetch('a', { totalTimeout: 500 })));
  const b = watched(settleCall(client.fetch('b')));
  await clock.advance(499);
  expect([a.isOver, b.isOver]).toEqual([false, false]);
  await clock.advance(1);
  await clock.settle();

  expect([a.isOver, b.isOver]).toEqual([true, false]);
  expectCallOutcome(entry, hides(await a.call));
  slow.clear();
  expect(getStatus(await b.call)).toBe(200);
  expect(sent()).toEqual(['at_CANARY_1']);
  expect(api.counts.requests).toBe(1);
  expect(issuer.counts.token).toBe(1);
});

replay('TO-002', async ({ entry, hides }) => {
  const { client, clock, issuer, sent } = await createService(lazy);
  const slow = issuer.inject(faults.hang());
  const caller = new AbortController();
  const reason = new Error('A has left');

  const a = watched(settleCall(client.fetch('a', { signal: caller.signal })));
  await clock.settle();
  expect(slow.hits).toBe(1); // caller A started the token request
  const b = watched(settleCall(client.fetch('b')));
  await clock.settle();
  caller.abort(reason);
  await clock.settle();

  expect([a.isOver, b.isOver]).toEqual([true, false]);
  expectCallOutcome(entry, hides(await a.call), reason);
  slow.clear();
  expect(getStatus(await b.call)).toBe(200);
  expect(sent()).toEqual(['at_CANARY_1']);
  expect(issuer.counts.token).toBe(1);
});

replay('TO-003', async ({ entry, hides }) => {
  for (const comesBack of [true, false]) {
    const { client, clock, issuer, sent, token } = await createService({
      token: { start: 'lazy', acquireTimeoutMs: 5_000, random: () => 0 },
    });
    const slow = issuer.inject(faults.hang());
    const caller = new AbortController();
    const reason = new Error('all have left');
    const calls = ['a', 'b', 'c'].map((path) => settleCall(client.fetch(path, { signal: caller.signal })));
    await clock.settle();
    caller.abort(reason);
    for (const outcome of await Promise.all(calls)) expectCallOutcome(entry, hides(outcome), reason);
    expect(issuer.counts.token).toBe(1);

    if (comesBack) {
      slow.clear();
      await clock.settle();
      expect(token.read().isOk()).toBe(true); // the token request continued, and its token is kept
      expect(getStatus(await settleCall(client.fetch('d')))).toBe(200);
      expect(issuer.counts.token).toBe(1);
      continue;
    }
    await clock.advance(5_000);
    const { failure } = token.status();
    expect(failure).toMatchObject({ code: 'TOKEN_UNAVAILABLE', at: clock.now() });
    slow.clear();
    await clock.advance((failure?.retryAt ?? Infinity) - clock.now());
    expect(getStatus(await settleCall(client.fetch('d')))).toBe(200); // no earlier failure blocks it
    expect(sent()).toEqual(['at_CANARY_2']); // the first token had no caller left
  }
});

replay('TO-006', async ({ entry, hides }) => {
  const said: string[] = [];
  for (const [tokenMs, resourceMs] of [
    [1_500, 1_000],
    [3_000, 0],
  ] as const) {
    const { api, client, clock, issuer } = await createService(lazy);
    issuer.inject(faults.delay(tokenMs));
    api.inject(faults.delay(resourceMs));

    const call = watched(settleCall(client.fetch('orders', { totalTimeout: 2_000 })));
    await clock.advance(1_999);
    expect(call.isOver).toBe(false);
    await clock.advance(1);
    await clock.settle();

    expect(call.isOver).toBe(true);
    const outcome = hides(await call.call);
    expectCallOutcome(entry, outcome);
    expect(getError(outcome)).toMatchObject({ code: 'DEADLINE_EXCEEDED', budgetMs: 2_000 });
    expect(api.counts.requests).toBe(tokenMs < 2_000 ? 1 : 0);
    const error = getError(outcome) as Error;
    said.push(`${error.message} ${JSON.stringify(error)}`);
  }
  // the error says whether the token or the resource took too long
  expect(said[0]).not.toBe(said[1]);
});

/** Rejected by `createClient`, and by a call. */
function isRefused(timeout: unknown): Run {
  return async ({ entry, hides }) => {
    const { api, client, token } = await createService();
    for (const field of ['timeout', 'totalTimeout', 'bodyTimeout']) {
      const made = async (): Promise<Response> =>
        createClient({ baseUrl: 'https://api.example', [field]: timeout }, withBearerAuth(token)).get('orders');
      const outcome = hides(await settleCall(made()));
      expectCallOutcome(entry, outcome);
      expect(getError(outcome)).toMatchObject({ code: 'CONFIG', field });

      const asked = hides(await settleCall(client.fetch('orders', { [field]: timeout })));
      expectCallOutcome(entry, asked);
      expect(getError(asked)).toMatchObject({ code: 'CONFIG', field });
    }
    expectCallOutcome(entry, hides(await settleCall(client.get('orders', { timeout: timeout as number }))));
    expect(api.counts.requests).toBe(0);
  };
}

replay('TO-009', isRefused(0));
replay('TO-010', isRefused(-1));
replay('TO-011', isRefused(Number.NaN));
replay('TO-012', isRefused('5s'));

replay('TO-013', async ({ entry, hides }) => {
  const { api, client, clock, issuer } = await createService(lazy);
  const reason = { not: 'even an error' };
  const signal = AbortSignal.abort(reason);

  expectCallOutcome(entry, hides(await settleCall(client.fetch('orders', { signal }))), reason);
  const error = new Error('over before it began');
  expectCallOutcome(entry, hides(await settleCall(client.get('orders', { signal: AbortSignal.abort(error) }))), error);
  await clock.advance(minuteMs);
  expect([issuer.counts.token, api.counts.requests]).toEqual([0, 0]);

  let requests = 0;
  const deaf: typeof globalThis.fetch = async () => {
    requests += 1;
    return new Response('ok');
  };
  const direct = createClient(
    { baseUrl: 'https://api.example', fetch: deaf },
    withBearerAuth(staticToken('at_CANARY_1')),
  );
  expectCallOutcome(entry, hides(await settleCall(direct.fetch('orders', { signal }))), reason);
  expectCallOutcome(entry, hides(await settleCall(direct.get('orders', { signal: AbortSignal.abort(error) }))), error);
  expect(requests).toBe(0);
});

replay('TO-014', async ({ entry, hides }) => {
  for (const reason of [
    new Error('the user left'),
    'a text',
    Object.assign(new Error('x'), { name: 'TimeoutError' }),
  ]) {
    for (const method of ['get', 'fetch'] as const) {
      const { api, client, clock } = await createService({ client: { retry: {}, totalTimeout: 60_000 } });
      api.inject(faults.hang());
      const caller = new AbortController();

      const call = settleCall(client[method]('orders', { signal: caller.signal }));
      await clock.settle();
      expect(api.counts.requests).toBe(1);
      caller.abort(reason);

      expectCallOutcome(entry, hides(await call), reason);
      await clock.advance(minuteMs);
      expect(api.counts.requests).toBe(1);
    }
  }
});

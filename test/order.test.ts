import { createClient } from '@bearings/client';
import { layer, slots } from '@bearings/client/layer';
import type { Slot } from '@bearings/client/layer';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { assert, property, shuffledSubarray } from 'fast-check';
import { expect, test } from 'vitest';
import { virtualClock } from '@bearings/testing';
import { createServers } from './servers.ts';

const baseUrl = 'https://orders.internal';
const config = { tokenEndpoint: 'https://id.internal/token', clientId: 'billing', clientSecret: 'cs_CANARY' };

test('the stages are in the order of the slots, for any order of the layers', () => {
  const added = slots.filter((slot) => slot !== 'transport').map((slot) => layer(slot, `my ${slot}`, (next) => next));

  assert(
    property(shuffledSubarray(added), (layers) => {
      const { stages } = createClient({ concurrency: 9 }, ...layers);

      const findSlot = (stage: string): Slot => builtIn[stage] ?? (stage.replace('my ', '') as Slot);
      const places = stages.map((stage) => slots.indexOf(findSlot(stage)));
      expect(places).toEqual(places.toSorted((one, other) => one - other));
      expect(stages).toHaveLength(8 + layers.length);
    }),
  );
});

const builtIn: Record<string, Slot> = { ...Object.fromEntries(slots.map((slot) => [slot, slot])), fetch: 'transport' };

test('with a bearer layer the stages are in the documented order', async () => {
  const { fetch } = createServers();
  const client = createClient({ baseUrl, fetch, concurrency: 100 }, withBearerAuth(await lazyToken(fetch)));

  expect(client.stages).toEqual([
    'concurrency',
    'retry',
    'bearer',
    'timeout',
    'userAgent',
    'responseSize',
    'redirect',
    'destination',
    'fetch',
  ]);
});

test('each attempt reads the token anew: after a rotation between two attempts, the second uses the new one', async () => {
  const { fetch, orders } = createServers();
  const clock = virtualClock();
  const token = await lazyToken(fetch, clock);
  const client = createClient({ baseUrl, fetch, clock, random: () => 0 }, withBearerAuth(token));
  orders.answer = async (_request, attempt) => {
    if (attempt > 1) return Response.json({ id: 42 });
    await token.invalidate();
    return new Response('busy', { status: 503 });
  };

  const call = client.get('v1/orders/42').json();
  await clock.advance(1_000);

  await expect(call).resolves.toEqual({ id: 42 });
  expect(orders.seen.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer at_1', 'Bearer at_2']);
});

test('the wait for a token does not count against the timeout of an attempt', async () => {
  const { fetch, provider, orders } = createServers();
  const clock = virtualClock();
  const client = createClient({ baseUrl, fetch, clock, timeout: 1_000 }, withBearerAuth(await lazyToken(fetch, clock)));
  const gate = Promise.withResolvers<void>();
  provider.before = () => gate.promise;

  const call = client.get('v1/orders/42').json();
  await clock.advance(5_000);
  gate.resolve();

  await expect(call).resolves.toEqual({ id: 42 });
  expect(orders.seen).toHaveLength(1);
});

test('the total deadline covers the wait for the token', async () => {
  const { fetch, provider, orders } = createServers();
  const clock = virtualClock();
  const client = createClient(
    { baseUrl, fetch, clock, totalTimeout: 2_000 },
    withBearerAuth(await lazyToken(fetch, clock)),
  );
  provider.before = () => new Promise(() => {});

  const call = client.get('v1/orders/42').json();
  const failure = expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', budgetMs: 2_000 });
  await clock.advance(2_000);

  await failure;
  expect(orders.seen).toEqual([]);
});

test('the total deadline covers token and attempt together', async () => {
  const { fetch, provider, orders } = createServers();
  const clock = virtualClock();
  const client = createClient(
    { baseUrl, fetch, clock, totalTimeout: 2_000 },
    withBearerAuth(await lazyToken(fetch, clock)),
  );
  const gate = Promise.withResolvers<void>();
  provider.before = () => gate.promise;
  orders.answer = () => new Promise(() => {});

  const call = client.get('v1/orders/42').json();
  const failure = expect(call).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  await clock.advance(1_500);
  gate.resolve();
  await clock.advance(499);
  expect(orders.seen).toHaveLength(1);
  await clock.advance(1);

  await failure;
});

async function lazyToken(fetch: typeof globalThis.fetch, clock = virtualClock()): Promise<Token> {
  return (await Token.create({ ...config, fetch, clock, start: 'lazy' })).unwrap();
}

import { metrics } from '@opentelemetry/api';
import { createClient } from '@bearings/client';
import { staticToken, Token, withBearerAuth } from '@bearings/oauth-bearer';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { fakeApi, fakeIssuer, faults, combineFetch, virtualClock } from '@bearings/testing';
import { afterEach, expect, test } from 'vitest';
import { observeToken } from '../src/index.ts';
import { recorder } from './recorded.ts';

const minute = 60_000;
const gauge = 'bearings.token.seconds_until_unauthenticated';

afterEach(() => metrics.disable());

/** An observed token with a lifetime of an hour, not acquired yet. */
async function setUp() {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: 60 * minute });
  const { credentials, fetch } = issuer;
  const config = { ...credentials, fetch, clock, random: () => 0, start: 'lazy' } as const;
  const token = (await Token.create(config)).unwrap();
  const recorded = recorder();
  const stop = observeToken(token, { name: 'orders', meter: recorded.meter });
  return { ...recorded, clock, issuer, config, token, stop };
}

test('the gauge is the remaining validity in seconds, and 0 without a valid token', async () => {
  const { clock, token, points } = await setUp();
  const left = async (): Promise<unknown> => (await points(gauge))[0]?.value;

  const before = await left();
  await token.get();
  const acquired = await left();
  await clock.advance(20 * minute);
  const later = await left();
  await clock.suspend(50 * minute);

  expect([before, acquired, later, await left()]).toEqual([0, 3_600, 2_400, 0]);
  expect((await points(gauge))[0]?.attributes).toEqual({ 'bearings.token.name': 'orders' });
});

test('acquisitions are counted by event', async () => {
  const { clock, issuer, token, points } = await setUp();
  const orders = fakeApi(issuer, undefined, { clock });
  const fetch = combineFetch(issuer, orders);
  const client = createClient({ baseUrl: orders.origin, fetch, clock }, withBearerAuth(token));

  await token.get();
  await clock.advance(30 * minute);
  issuer.revoke();
  await client.get('v1/orders/42');

  const named = (event: string) => ({
    'bearings.token.name': 'orders',
    'bearings.token.event': event,
    'bearings.token.grant_type': 'client_credentials',
    'bearings.token.client_auth_method': 'client_secret_basic',
  });
  expect(await points('bearings.token.acquisitions')).toEqual([
    { attributes: named('acquired'), value: 1 },
    { attributes: named('renewed'), value: 1 },
    { attributes: named('rotated'), value: 1 },
  ]);
  expect(await points('bearings.token.invalidations')).toEqual([
    { attributes: { 'bearings.token.name': 'orders' }, value: 1 },
  ]);
});

test('failures are counted by code, and durations are in seconds', async () => {
  const { clock, issuer, token, points, metrics: all } = await setUp();
  issuer.inject([faults.delay(2_000), faults.status(400)], { times: 1 });

  const first = token.get();
  await clock.advance(2_000);
  await first;
  await clock.advance(10 * minute);
  await token.get();

  expect(await points('bearings.token.failures')).toEqual([
    { attributes: { 'bearings.token.name': 'orders', 'error.type': 'TOKEN_HTTP' }, value: 1 },
  ]);
  expect(await points('bearings.token.acquisition.duration')).toMatchObject([
    { attributes: { 'bearings.token.name': 'orders', 'error.type': 'TOKEN_HTTP' }, value: { count: 1, sum: 2 } },
    {
      attributes: { 'bearings.token.name': 'orders', 'bearings.token.event': 'acquired' },
      value: { count: 1, sum: 0 },
    },
  ]);
  expect([...(await all()).values()].map(({ descriptor: { name, unit } }) => [name, unit])).toEqual([
    ['bearings.token.acquisitions', '{token}'],
    ['bearings.token.failures', '{acquisition}'],
    ['bearings.token.acquisition.duration', 's'],
    [gauge, 's'],
  ]);
});

test('a token that does not expire has no data point, because infinity cannot be exported', async () => {
  const { meter, points } = recorder();

  observeToken(staticToken('fixed'), { name: 'fixed', meter });

  expect(await points(gauge)).toEqual([]);
});

test('each token has its name as attribute', async () => {
  const { config, token, meter, points } = await setUp();
  const other = (await Token.create(config)).unwrap();
  observeToken(other, { name: 'billing', meter });

  await token.get();

  expect(await points(gauge)).toEqual([
    { attributes: { 'bearings.token.name': 'orders' }, value: 3_600 },
    { attributes: { 'bearings.token.name': 'billing' }, value: 0 },
  ]);
});

/** A handle that counts calls of status(), which only the gauge makes. */
function counted(token: TokenHandle): { readonly handle: TokenHandle; readonly asked: () => number } {
  let asked = 0;
  const handle: TokenHandle = {
    read: () => token.read(),
    get: () => token.get(),
    invalidate: () => token.invalidate(),
    subscribe: (listener) => token.subscribe(listener),
    close: () => token.close(),
    status() {
      asked += 1;
      return token.status();
    },
    [Symbol.asyncDispose]: () => token.close(),
  };
  return { handle, asked: () => asked };
}

test.each([
  ['stopped', (_token: Token, stop: () => void) => stop()],
  ['closed', (token: Token) => token.close()],
])('a token that is %s is not read again, and its counters stay', async (_how, end) => {
  const { token, clock, meter, metrics: collect, points } = await setUp();
  const { handle, asked } = counted(token);
  const stop = observeToken(handle, { name: 'again', meter });
  await token.get();
  await collect();

  await end(token, stop);
  const before = asked();
  await collect();
  await clock.advance(45 * minute);

  expect(before).toBe(1);
  expect(asked()).toBe(1);
  const again = (await points('bearings.token.acquisitions')).filter(
    ({ attributes }) => attributes['bearings.token.name'] === 'again',
  );
  expect(again.map(({ value }) => value)).toEqual([1]);
});

test('an SDK that is registered later is used from the next event on', async () => {
  const { config } = await setUp();
  const token = (await Token.create(config)).unwrap();
  observeToken(token, { name: 'early' });
  const { options, points } = recorder();

  metrics.setGlobalMeterProvider(options.meterProvider);
  await token.get();

  expect((await points('bearings.token.acquisitions')).map(({ value }) => value)).toEqual([1]);
  expect(await points(gauge)).toEqual([{ attributes: { 'bearings.token.name': 'early' }, value: 3_600 }]);
});

test('after the SDK is replaced, the old one does not read the token', async () => {
  const { token, clock } = await setUp();
  const { handle, asked } = counted(token);
  const [first, second] = [recorder(), recorder()];
  metrics.setGlobalMeterProvider(first.options.meterProvider);
  observeToken(handle, { name: 'moved' });

  metrics.disable();
  metrics.setGlobalMeterProvider(second.options.meterProvider);
  await token.get();
  await clock.settle();
  await first.metrics();
  const before = asked();
  await second.metrics();

  expect([before, asked()]).toEqual([0, 1]);
});

import { SpanStatusCode } from '@opentelemetry/api';
import { createClient } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { withTelemetry } from '../src/index.ts';
import { api, ok, silent, status, world } from './observed-client.ts';
import type { Answer } from './observed-client.ts';
import { recorder } from './recorded.ts';

test('a status that is an error says which, on the call as on the request', async () => {
  const { client, spans } = world([status(404)]);

  await client.fetch('v1/orders/42');

  const all = spans().map(({ status: { code, message }, attributes }) => [code, message, attributes['error.type']]);
  expect(all).toEqual([
    [SpanStatusCode.ERROR, undefined, '404'],
    [SpanStatusCode.ERROR, undefined, '404'],
  ]);
});

test('a failure of ours is told by its code, another by its class, and none by its message', async () => {
  class BadDay extends Error {}
  const { client, exported, spans } = world([ok], {
    fetch: async () => {
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('secret words'), { code: 'ECONNREFUSED' }),
      });
    },
    retry: 0,
  });
  const { options, spans: others, exported: exportedOthers } = recorder();
  const broken = layer('circuitBreaker', 'broken', () => () => Promise.reject(new BadDay('secret words')));
  const thrower = createClient({ baseUrl: api }, broken, withTelemetry(options));

  await expect(client.get('v1/orders')).rejects.toThrow();
  await expect(thrower.get('v1/orders')).rejects.toThrow('secret words');

  expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual(['TRANSPORT', 'TRANSPORT']);
  expect(others().map(({ attributes }) => attributes['error.type'])).toEqual(['BadDay']);
  expect(JSON.stringify([await exported(), await exportedOthers()])).not.toContain('secret words');
});

test('an attempt that times out says so, and its span ends then', async () => {
  const clock = virtualClock();
  const { client, spans, open } = world([silent, ok], { clock, timeout: 1_000, retry: 1 });

  const answer = client.get('v1/orders');
  await clock.advance(1_000);
  expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual(['ATTEMPT_TIMEOUT']);
  await clock.advance(60_000);

  expect((await answer).status).toBe(200);
  expect(open()).toBe(0);
});

test('a call that the caller ends is an AbortError, whatever the reason was', async () => {
  const { client, spans, open } = world([silent]);
  const caller = new AbortController();

  const answer = client.get('v1/orders', { signal: caller.signal });
  await new Promise(setImmediate);
  caller.abort(new Error('secret words'));

  await expect(answer).rejects.toThrow('secret words');
  expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual(['AbortError', 'AbortError']);
  expect(spans().map(({ status: { code, message } }) => [code, message])).toEqual([
    [SpanStatusCode.ERROR, undefined],
    [SpanStatusCode.ERROR, undefined],
  ]);
  expect(open()).toBe(0);
});

test('a request that begins after the caller has gone is an AbortError too', async () => {
  const caller = new AbortController();
  const { options, spans } = recorder();
  const late = layer('circuitBreaker', 'late', (next) => (request, call) => {
    caller.abort(new Error('user left'));
    return next(request, call);
  });
  const client = createClient(
    { baseUrl: api, fetch: async () => Promise.reject(new TypeError()) },
    late,
    withTelemetry(options),
  );

  await expect(client.get('v1/orders', { signal: caller.signal })).rejects.toThrow('user left');

  expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual(['AbortError', 'AbortError']);
});

test("a call that the caller's own AbortSignal.timeout ends is a TimeoutError", async () => {
  const { client, spans } = world([silent]);
  const caller = new AbortController();

  const answer = client.get('v1/orders', { signal: caller.signal });
  await new Promise(setImmediate);
  caller.abort(new DOMException('secret words', 'TimeoutError'));

  await expect(answer).rejects.toThrow('secret words');
  expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual(['TimeoutError', 'TimeoutError']);
});

test('a network that never notices an abort leaves no span open', async () => {
  const clock = virtualClock();
  const deaf: Answer = () => new Promise(() => {});
  const { client, spans, open } = world([deaf], { clock, timeout: false, totalTimeout: 1_000 });

  const answer = client.get('v1/orders');
  const refused = expect(answer).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  await clock.advance(1_000);
  await refused;

  expect(open()).toBe(0);
  expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual(['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED']);
});

test('a call that is refused before anything is sent is a span without requests', async () => {
  const { client, spans } = world([ok]);

  await expect(client.get('http://orders.internal/v1/orders')).rejects.toMatchObject({ code: 'INVALID_SCHEME' });

  expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual(['INVALID_SCHEME']);
});

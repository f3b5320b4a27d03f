import { SpanStatusCode } from '@opentelemetry/api';
import { createClient } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { withTelemetry } from '../src/index.ts';
import { api, ok, silent, status, setUp } from './observed-client.ts';
import type { Answer } from './observed-client.ts';
import { recorder } from './recorded.ts';

test('an error status is the error.type of call and request', async () => {
  const { client, spans } = setUp([status(404)]);

  await client.fetch('v1/orders/42');

  const all = spans().map(({ status: { code, message }, attributes }) => [code, message, attributes['error.type']]);
  expect(all).toEqual([
    [SpanStatusCode.ERROR, undefined, '404'],
    [SpanStatusCode.ERROR, undefined, '404'],
  ]);
});

test('error.type is the code of a Bearings error or the class of another one, never a message', async () => {
  class CustomError extends Error {}
  const { client, exported, spans } = setUp([ok], {
    fetch: async () => {
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('secret words'), { code: 'ECONNREFUSED' }),
      });
    },
    retry: 0,
  });
  const { options, spans: others, exported: exportedOthers } = recorder();
  const broken = layer('circuitBreaker', 'broken', () => () => Promise.reject(new CustomError('secret words')));
  const thrower = createClient({ baseUrl: api }, broken, withTelemetry(options));

  await expect(client.get('v1/orders')).rejects.toThrow();
  await expect(thrower.get('v1/orders')).rejects.toThrow('secret words');

  expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual(['TRANSPORT', 'TRANSPORT']);
  expect(others().map(({ attributes }) => attributes['error.type'])).toEqual(['CustomError']);
  expect(JSON.stringify([await exported(), await exportedOthers()])).not.toContain('secret words');
});

test('the span of an attempt that times out ends at that time', async () => {
  const clock = virtualClock();
  const { client, spans, open } = setUp([silent, ok], { clock, timeout: 1_000, retry: 1 });

  const answer = client.get('v1/orders');
  await clock.advance(1_000);
  expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual(['ATTEMPT_TIMEOUT']);
  await clock.advance(60_000);

  expect((await answer).status).toBe(200);
  expect(open()).toBe(0);
});

test('a call that the caller aborts is an AbortError, for any reason', async () => {
  const { client, spans, open } = setUp([silent]);
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

test('a request that starts after the abort is an AbortError too', async () => {
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

test("a call that the caller's AbortSignal.timeout aborts is a TimeoutError", async () => {
  const { client, spans } = setUp([silent]);
  const caller = new AbortController();

  const answer = client.get('v1/orders', { signal: caller.signal });
  await new Promise(setImmediate);
  caller.abort(new DOMException('secret words', 'TimeoutError'));

  await expect(answer).rejects.toThrow('secret words');
  expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual(['TimeoutError', 'TimeoutError']);
});

test('a transport that ignores the abort leaves no span open', async () => {
  const clock = virtualClock();
  const deaf: Answer = () => new Promise(() => {});
  const { client, spans, open } = setUp([deaf], { clock, timeout: false, totalTimeout: 1_000 });

  const answer = client.get('v1/orders');
  const refused = expect(answer).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  await clock.advance(1_000);
  await refused;

  expect(open()).toBe(0);
  expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual(['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED']);
});

test('a call that is rejected before sending is a span without requests', async () => {
  const { client, spans } = setUp([ok]);

  await expect(client.get('http://orders.internal/v1/orders')).rejects.toMatchObject({ code: 'INVALID_SCHEME' });

  expect(spans().map(({ attributes }) => attributes['error.type'])).toEqual(['INVALID_SCHEME']);
});

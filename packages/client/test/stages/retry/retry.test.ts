import { expect, test, vi } from 'vitest';
import { createClient } from '../../../src/client.ts';
import { caught } from '../../caught.ts';
import { readBody, serve } from '../../loopback.ts';
import { virtualClock } from '@bearings/testing';
import { broken, ok, redirectTo, scriptedFetch, silent, status, times } from '../../scripted.ts';

const url = 'https://api.test/';

test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'QUERY'])('%s is retried', async (method) => {
  const network = scriptedFetch(status(503), status(503), ok);
  const { fetch } = createClient({ fetch: network, random: () => 0 });

  const response = await fetch(url, { method });

  expect([response.status, network.sent.length]).toEqual([200, 3]);
});

test.each(['POST', 'PATCH'])('%s is not retried', async (method) => {
  const network = scriptedFetch(status(503), ok);
  const { fetch } = createClient({ fetch: network, random: () => 0 });

  const response = await fetch(url, { method, body: 'x' });

  expect([response.status, network.sent.length]).toEqual([503, 1]);
});

test.each([408, 429, 500, 502, 503, 504])('the status %d is retried', async (code) => {
  const network = scriptedFetch(status(code), ok);
  const { fetch } = createClient({ fetch: network, random: () => 0 });

  expect((await fetch(url)).status).toBe(200);
});

test.each([304, 400, 401, 403, 404, 409, 413, 422, 501, 505])('the status %d is not retried', async (code) => {
  const network = scriptedFetch(status(code), ok);
  const { fetch } = createClient({ fetch: network, random: () => 0 });

  expect((await fetch(url)).status).toBe(code);
});

test('after the limit the caller gets the last response', async () => {
  const network = scriptedFetch(status(500), status(502), status(503), ok);
  const { fetch } = createClient({ fetch: network, random: () => 0 });

  expect((await fetch(url)).status).toBe(503);
});

test('a broken connection and an attempt timeout are retried', async () => {
  const clock = virtualClock();
  const network = scriptedFetch(broken('ECONNRESET'), silent, ok);
  const { fetch } = createClient({ fetch: network, clock, random: () => 0, timeout: 100 });

  const answer = fetch(url);
  await clock.advance(100);

  expect((await answer).status).toBe(200);
});

test.each(['ENOTFOUND', 'CERT_HAS_EXPIRED'])('%s is not retried, because a retry would fail too', async (code) => {
  const network = scriptedFetch(broken(code), ok);
  const { fetch } = createClient({ fetch: network, random: () => 0 });

  expect(await caught(() => fetch(url))).toMatchObject({ reason: code });
  expect(network.sent).toHaveLength(1);
});

test('a blocked redirect is not retried', async () => {
  const network = scriptedFetch(redirectTo('https://other.test/'), ok);
  const { fetch } = createClient({ fetch: network, random: () => 0 });

  expect(await caught(() => fetch(url))).toMatchObject({ code: 'REDIRECT_BLOCKED' });
});

test('the wait doubles, with full jitter', async () => {
  const clock = virtualClock();
  const network = scriptedFetch(...times(4, broken('ECONNRESET')));
  const { fetch } = createClient({ fetch: network, clock, random: () => 0.5, timeout: false, retry: 3 });
  const waits: number[] = [];

  const failure = caught(() => fetch(url));
  for (let retry = 1; retry <= 3; retry += 1) {
    await clock.advance(0);
    waits.push(...clock.waits);
    await clock.advance(clock.waits[0] ?? 0);
  }

  expect(await failure).toMatchObject({ code: 'TRANSPORT', reason: 'ECONNRESET' });
  expect(waits).toEqual([50, 100, 200]);
});

test.each([
  ['7', 7_700],
  ['Fri, 06 Nov 2026 12:00:30 GMT', 33_000],
  ['Friday, 06-Nov-26 12:00:30 GMT', 33_000],
  ['Fri Nov  6 12:00:30 2026', 33_000],
  ['60', 65_000],
  ['2026-11-06T12:00:30Z', 100],
])('Retry-After %s waits %d ms with the maximum jitter', async (value, waitMs) => {
  const clock = virtualClock({ startAt: Date.UTC(2026, 10, 6, 12) });
  const network = scriptedFetch(status(503, { 'retry-after': value }), ok);
  const { fetch } = createClient({ fetch: network, clock, random: () => 1, timeout: false });

  const answer = fetch(url);
  await clock.advance(waitMs - 1);
  const sentBefore = network.sent.length;
  await clock.advance(1);

  expect((await answer).status).toBe(200);
  expect(sentBefore).toBe(1);
});

test.each(['61', '86400', 'Sun, 06 Nov 2094 08:49:37 GMT', '1999999999', '9'.repeat(400)])(
  'Retry-After %s is longer than maxRetryAfter: there is no retry, and the caller gets the response at once',
  async (value) => {
    const clock = virtualClock({ startAt: Date.UTC(2026, 10, 6, 12) });
    const network = scriptedFetch(status(503, { 'retry-after': value }, 'slow down'));

    const response = await createClient({ fetch: network, clock }).fetch(url);

    expect([response.status, await response.text(), network.sent.length]).toEqual([503, 'slow down', 1]);
  },
);

test('when the wait would exceed the deadline, the caller gets the last response at once', async () => {
  const clock = virtualClock();
  const network = scriptedFetch(status(429, { 'retry-after': '10' }, 'slow down'));
  const { fetch } = createClient({ fetch: network, clock, totalTimeout: 10_000 });

  const response = await fetch(url);

  expect(response.status).toBe(429);
  expect(await response.text()).toBe('slow down');
  expect(clock.pending).toBe(0);
});

test('an abort by the caller ends the wait at once with its reason, and leaves no timer', async () => {
  const clock = virtualClock();
  const caller = new AbortController();
  const reason = new Error('user left');
  const network = scriptedFetch(status(503, { 'retry-after': '30' }), ok);
  const { fetch } = createClient({ fetch: network, clock, totalTimeout: 60_000 });

  const failure = caught(() => fetch(url, { signal: caller.signal }));
  await clock.advance(1_000);
  caller.abort(reason);

  expect(await failure).toBe(reason);
  expect(network.sent).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

const form = (): FormData => {
  const fields = new FormData();
  fields.set('name', 'ä & b');
  fields.set('file', new Blob(['content'], { type: 'text/plain' }), 'a.txt');
  return fields;
};

test.each([
  ['a string', 'text ä', 'text/plain;charset=UTF-8'],
  ['URLSearchParams', new URLSearchParams({ a: '1 2' }), 'application/x-www-form-urlencoded;charset=UTF-8'],
  ['bytes', new Uint8Array([0, 255, 128]), null],
  ['a Blob', new Blob(['blob'], { type: 'image/png' }), 'image/png'],
])('a PUT is retried with the same body: %s', async (_kind, body, contentType) => {
  const network = scriptedFetch(broken('ECONNRESET'), status(503), ok);
  const api = createClient({ fetch: network, random: () => 0 });

  await api.put(url, { body });
  const [first, second, third] = network.sent;

  expect(first?.body).not.toBe('');
  expect([second?.body, third?.body]).toEqual([first?.body, first?.body]);
  expect(network.sent.map(({ headers }) => headers.get('content-type'))).toEqual(Array(3).fill(contentType));
});

test('a PUT of JSON is retried with the same body', async () => {
  const network = scriptedFetch(status(503), ok);
  const api = createClient({ fetch: network, random: () => 0 });

  await api.put(url, { json: { a: ['ä'] } });

  expect(network.sent.map(({ body }) => Buffer.from(body, 'latin1').toString())).toEqual(Array(2).fill('{"a":["ä"]}'));
  expect(network.sent.map(({ headers }) => headers.get('content-type'))).toEqual(Array(2).fill('application/json'));
});

test('a PUT of a form is retried with the same body and the boundary of its content-type', async () => {
  const network = scriptedFetch(status(503), ok);
  const api = createClient({ fetch: network, random: () => 0 });

  await api.put(url, { body: form() });
  const fields = network.sent.map(({ body, headers }) =>
    new Response(Buffer.from(body, 'latin1'), {
      headers: { 'content-type': headers.get('content-type') ?? '' },
    }).formData(),
  );

  for (const each of await Promise.all(fields)) {
    expect(each.get('name')).toBe('ä & b');
    expect(await (each.get('file') as File).text()).toBe('content');
  }
  expect(fields).toHaveLength(2);
});

test('a stream is sent once', async () => {
  const network = scriptedFetch(status(503), ok);
  const api = createClient({ fetch: network, random: () => 0, throwHttpErrors: false });
  const body = ReadableStream.from([new TextEncoder().encode('once')]) as ReadableStream<Uint8Array<ArrayBuffer>>;

  const response = await api.put(url, { body });

  expect(response.status).toBe(503);
  expect(network.sent.map((sent) => sent.body)).toEqual(['once']);
});

test("ky's shouldRetry decides with true or false", async () => {
  const network = scriptedFetch(status(404), ok);
  const shouldRetry = vi.fn(() => true);
  const { fetch } = createClient({ fetch: network, random: () => 0, retry: { shouldRetry } });

  expect((await fetch(url)).status).toBe(200);
  expect(shouldRetry).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ retryCount: 1 }));
});

test.each([-1, 1.5, Number.NaN])('a limit of %d is rejected', async (limit) => {
  expect(await caught(() => createClient({ retry: limit }))).toMatchObject({ code: 'CONFIG', field: 'retry.limit' });
});

test('over a socket, a reset connection is retried with the same body', async () => {
  const bodies: string[] = [];
  const server = await serve(async (request, response) => {
    bodies.push(await readBody(request));
    if (bodies.length === 1) request.socket.resetAndDestroy();
    else response.end('done');
  });
  const api = createClient({ random: () => 0 });

  const text = await api.put(server.origin, { json: { a: 1 } }).text();

  expect(text).toBe('done');
  expect(bodies).toEqual(['{"a":1}', '{"a":1}']);
});

test('a wait that would end exactly at the deadline is not begun', async () => {
  const network = scriptedFetch(status(503), ok);
  const retry = { delay: () => 1_000, jitter: false };
  const { fetch } = createClient({ fetch: network, clock: virtualClock(), totalTimeout: 1_000, retry });

  const response = await fetch(url);

  expect([response.status, network.sent.length]).toEqual([503, 1]);
});

test('each call adds to the budget, also one that needs a retry', async () => {
  const network = scriptedFetch(status(503), ok, status(503), ok);
  const { fetch } = createClient({ fetch: network, random: () => 0, retry: { budget: { minPerSecond: 0, ratio: 1 } } });

  const statuses = [(await fetch(url)).status, (await fetch(url)).status];

  expect(statuses).toEqual([200, 200]);
});

test('a call that succeeds at once adds to the budget', async () => {
  const network = scriptedFetch(status(503), status(503), ok, status(503), ok);
  const retry = { limit: 1, budget: { minPerSecond: 0, ratio: 1 } };
  const { fetch } = createClient({ fetch: network, random: () => 0, retry });

  const statuses = [(await fetch(url)).status, (await fetch(url)).status, (await fetch(url)).status];

  expect(statuses).toEqual([503, 200, 200]);
});

test('shouldRetry is not called for a call that the caller has aborted', async () => {
  const controller = new AbortController();
  const shouldRetry = vi.fn(() => true);
  const { fetch } = createClient({ fetch: scriptedFetch(silent, ok), random: () => 0, retry: { shouldRetry } });

  const failed = caught(() => fetch(url, { signal: controller.signal }));
  controller.abort(new Error('enough'));

  expect(await failed).toMatchObject({ message: 'enough' });
  expect(shouldRetry).not.toHaveBeenCalled();
});

test('the error of a deadline has the failure of the last attempt as its cause', async () => {
  const clock = virtualClock();
  const retry = { delay: () => 1_000, jitter: false };
  const { fetch } = createClient({
    fetch: scriptedFetch(broken('ECONNRESET'), silent),
    clock,
    totalTimeout: 5_000,
    retry,
  });

  const failed = caught(() => fetch(url));
  await clock.advance(5_000);

  expect(await failed).toMatchObject({ code: 'DEADLINE_EXCEEDED', cause: { code: 'TRANSPORT' } });
});

test('the body of a response that is retried is discarded', async () => {
  const cancelled = Promise.withResolvers<void>();
  const body = new ReadableStream({ cancel: () => cancelled.resolve() });
  const large = new Response(body, { status: 503, headers: { 'content-length': '1000000' } });
  const { fetch } = createClient({ fetch: scriptedFetch(() => large, ok), random: () => 0 });

  expect((await fetch(url)).status).toBe(200);
  await cancelled.promise;
});

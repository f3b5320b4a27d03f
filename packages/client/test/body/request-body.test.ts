import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { fixed, payloadOf } from '../../src/body/request-body.ts';

const url = 'https://api.test/';
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const put = (body: RequestInit['body']): Request =>
  new Request(url, { method: 'PUT', body: body ?? null, duplex: 'half' });

interface Live {
  readonly stream: ReadableStream<Uint8Array>;
  readonly push: (text: string) => void;
  readonly end: () => void;
  readonly asked: () => number;
}

/** A stream of the test's making: pieces come when it says so. */
function live(): Live {
  let asked = 0;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>(
    { start: (made) => void (controller = made), pull: () => void (asked += 1) },
    { highWaterMark: 0 },
  );
  return {
    stream,
    push: (text) => controller?.enqueue(bytesOf(text)),
    end: () => controller?.close(),
    asked: () => asked,
  };
}

test.each<[string, RequestInit['body']]>([
  ['a string', 'text ä'],
  ['bytes', bytesOf('text ä')],
  ['URLSearchParams', new URLSearchParams({ a: 'ä' })],
  ['a Blob', new Blob(['text ä'])],
])('a body that is all there can be sent again, also from inside a Request: %s', async (_kind, body) => {
  const clock = virtualClock();
  const expected = await put(body).text();

  const given = await payloadOf(put(body), body, clock);
  const looking = payloadOf(put(body), undefined, clock);
  const inside = await looking;

  expect([given.repeatable, inside.repeatable]).toEqual([true, true]);
  expect(given.source).toBe(body);
  expect(await new Response(inside.source ?? '').text()).toBe(expected);
  expect(await inside.request.text()).toBe(expected);
  expect(clock.pending).toBe(0);
});

test('the Request that is sent keeps what it is besides its body', async () => {
  const request = new Request(url, { method: 'POST', body: '{}', headers: { 'content-type': 'a/b', 'x-mine': '1' } });

  const payload = await payloadOf(request, undefined, virtualClock());

  expect([payload.request.method, payload.request.url]).toEqual(['POST', url]);
  expect([...payload.request.headers]).toEqual([
    ['content-type', 'a/b'],
    ['x-mine', '1'],
  ]);
});

test('without a body there is nothing to send again', async () => {
  expect(await payloadOf(new Request(url), undefined, virtualClock())).toMatchObject({ repeatable: true });
});

test('a stream beside a Request is sent once, and not looked at', async () => {
  const { stream, asked } = live();

  const payload = await payloadOf(put(stream), stream, virtualClock());

  expect(payload).toMatchObject({ repeatable: false, source: undefined });
  expect(asked()).toBe(0);
});

test('a live stream inside a Request is waited for a moment only, and nothing of it is lost', async () => {
  const clock = virtualClock();
  const { stream, push, end } = live();

  const looking = payloadOf(put(stream), undefined, clock);
  push('begin');
  await clock.advance(10);
  const payload = await looking;
  const text = payload.request.text();
  push('ning');
  push(', end');
  end();

  expect(payload.repeatable).toBe(false);
  expect(await text).toBe('beginning, end');
  expect(clock.pending).toBe(0);
});

test('of a large body inside a Request no more than a MiB is kept, and nothing is lost', async () => {
  const clock = virtualClock();
  const piece = 100_000;
  let made = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        made += 1;
        if (made > 50) controller.close();
        else controller.enqueue(new Uint8Array(piece).fill(made));
      },
    },
    { highWaterMark: 0 },
  );

  const payload = await payloadOf(put(stream), undefined, clock);
  const madeThen = made;
  const bytes = new Uint8Array(await payload.request.arrayBuffer());

  expect(payload.repeatable).toBe(false);
  expect(madeThen * piece).toBeLessThanOrEqual(1024 * 1024 + 2 * piece);
  expect(bytes.byteLength).toBe(50 * piece);
  expect(Array.from({ length: 50 }, (_, index) => bytes[index * piece])).toEqual(
    Array.from({ length: 50 }, (_, index) => index + 1),
  );
});

test('what is in memory in one piece is kept, however large', async () => {
  const body = new Uint8Array(3 * 1024 * 1024).fill(7);

  const payload = await payloadOf(put(body), undefined, virtualClock());

  expect(payload.repeatable).toBe(true);
  expect((await payload.request.arrayBuffer()).byteLength).toBe(body.byteLength);
});

test('a body inside a Request that fails while it is looked at fails the call', async () => {
  const failure = new Error('the file is gone');
  const stream = new ReadableStream({ pull: (controller) => controller.error(failure) }, { highWaterMark: 0 });
  const clock = virtualClock();

  await expect(payloadOf(put(stream), undefined, clock)).rejects.toBe(failure);
  expect(clock.pending).toBe(0);
});

test('what the caller changes after the call is not sent', async () => {
  const bytes = bytesOf('abc');
  const params = new URLSearchParams({ a: '1' });
  const form = new FormData();
  form.set('a', '1');

  const kept = [bytes, bytes.buffer, new DataView(bytes.buffer, 1), params].map(fixed);
  const keptForm = fixed(form);
  bytes.fill(120);
  params.set('a', '2');
  form.set('a', '2');

  expect(await Promise.all(kept.map((body) => new Response(body ?? null).text()))).toEqual(['abc', 'abc', 'bc', 'a=1']);
  expect((keptForm as FormData).get('a')).toBe('1');
});

import { virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import type { ClientRequest } from '../../src/core/request.ts';
import { fromPlatformRequest } from '../../src/entry/platform-request.ts';

const url = 'https://api.test/';
const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const put = (body: RequestInit['body']): Request =>
  new Request(url, { method: 'PUT', body: body ?? null, duplex: 'half' });

/** Reads a Request as both entries do. */
function read(request: Request, body: RequestInit['body'], clock: VirtualClock): Promise<ClientRequest> {
  return fromPlatformRequest(request, { body, fetchOptions: undefined, clock });
}

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
    push: (text) => controller?.enqueue(encode(text)),
    end: () => controller?.close(),
    asked: () => asked,
  };
}

test.each<[string, RequestInit['body']]>([
  ['a string', 'text ä'],
  ['bytes', encode('text ä')],
  ['URLSearchParams', new URLSearchParams({ a: 'ä' })],
  ['a Blob', new Blob(['text ä'])],
])('a body that is all there can be sent again, also from inside a Request: %s', async (_kind, body) => {
  const clock = virtualClock();
  const expected = await put(body).text();

  const given = await read(put(body), body, clock);
  const looking = read(put(body), undefined, clock);
  const inside = await looking;

  expect([given.canReplay, inside.canReplay]).toEqual([true, true]);
  expect(given.body).toBe(body);
  expect(await new Response(inside.body ?? '').text()).toBe(expected);
  expect(await inside.toRequest().text()).toBe(expected);
  expect(clock.pending).toBe(0);
});

test('the Request that is sent keeps what it is besides its body', async () => {
  const request = new Request(url, { method: 'POST', body: '{}', headers: { 'content-type': 'a/b', 'x-mine': '1' } });

  const made = await read(request, undefined, virtualClock());

  expect([made.method, made.url]).toEqual(['POST', url]);
  expect([...made.headers]).toEqual([
    ['content-type', 'a/b'],
    ['x-mine', '1'],
  ]);
});

test('without a body there is nothing to send again', async () => {
  expect(await read(new Request(url), undefined, virtualClock())).toMatchObject({ canReplay: true });
});

test('a stream beside a Request is sent once, and not looked at', async () => {
  const { stream, asked } = live();

  const made = await read(put(stream), stream, virtualClock());

  expect([made.canReplay, made.body]).toEqual([false, stream]);
  expect(asked()).toBe(0);
});

test('a live stream inside a Request is waited for a moment only, and nothing of it is lost', async () => {
  const clock = virtualClock();
  const { stream, push, end } = live();

  const looking = read(put(stream), undefined, clock);
  push('begin');
  await clock.advance(10);
  const made = await looking;
  const text = made.toRequest().text();
  push('ning');
  push(', end');
  end();

  expect(made.canReplay).toBe(false);
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

  const request = await read(put(stream), undefined, clock);
  const madeThen = made;
  const bytes = new Uint8Array(await request.toRequest().arrayBuffer());

  expect(request.canReplay).toBe(false);
  expect(madeThen * piece).toBeLessThanOrEqual(1024 * 1024 + 2 * piece);
  expect(bytes.byteLength).toBe(50 * piece);
  expect(Array.from({ length: 50 }, (_, index) => bytes[index * piece])).toEqual(
    Array.from({ length: 50 }, (_, index) => index + 1),
  );
});

test('what is in memory in one piece is kept, however large', async () => {
  const body = new Uint8Array(3 * 1024 * 1024).fill(7);

  const made = await read(put(body), undefined, virtualClock());

  expect(made.canReplay).toBe(true);
  expect((await made.toRequest().arrayBuffer()).byteLength).toBe(body.byteLength);
});

test('a body inside a Request that fails while it is looked at fails the call', async () => {
  const failure = new Error('the file is gone');
  const stream = new ReadableStream({ pull: (controller) => controller.error(failure) }, { highWaterMark: 0 });
  const clock = virtualClock();

  await expect(read(put(stream), undefined, clock)).rejects.toBe(failure);
  expect(clock.pending).toBe(0);
});

test('options of a Request that differ from their defaults are kept, with those given beside it', async () => {
  const clock = virtualClock();
  const request = new Request(url, { cache: 'no-store', referrer: 'https://api.test/from', keepalive: true });

  const plain = await read(new Request(url), undefined, clock);
  const made = await fromPlatformRequest(request, { body: undefined, fetchOptions: { priority: 'high' }, clock });

  expect(plain.fetchOptions).toBeUndefined();
  expect(made.fetchOptions).toEqual({
    cache: 'no-store',
    keepalive: true,
    priority: 'high',
    referrer: 'https://api.test/from',
  });
  expect(made.toRequest()).toBe(request);
});

import type { Tap } from '@bearings/client';
import { takesTap } from '@bearings/client';
import { expect, test } from 'vitest';
import { UndiciResponse } from '../src/undici-response.ts';
import type { ByteSource } from '../src/byte-source.ts';

interface Played extends ByteSource {
  readonly cancelled: unknown[];
}

/** A body of these pieces, all of them there already or none. */
function sourceOf(pieces: readonly string[], isHere = false): Played {
  const left = pieces.map((piece) => Buffer.from(piece));
  const cancelled: unknown[] = [];
  return {
    cancelled,
    takeBuffered: () => (isHere ? left.splice(0) : undefined),
    read() {
      const value = left.shift();
      return value === undefined ? { done: true, value } : Promise.resolve({ done: false, value });
    },
    cancel: (reason) => void cancelled.push(reason),
  };
}

const responseOf = (source: ByteSource | null, headers = {}): UndiciResponse =>
  new UndiciResponse({ head: { status: 200, statusText: 'OK', headers }, url: 'http://api.test/', source });

function tapOn(response: UndiciResponse, tap: Tap): void {
  (response as unknown as Record<typeof takesTap, (tap: Tap) => void>)[takesTap](tap);
}

const both = [true, false];

test.each(both)(
  'every read goes through the taps, the last one outermost, and each is told once of the end',
  async (isHere) => {
    const response = responseOf(sourceOf(['one', 'two'], isHere));
    const told: string[] = [];
    for (const name of ['inner', 'outer']) {
      tapOn(response, {
        async read(read) {
          const piece = await read();
          told.push(`${name} ${piece.value === undefined ? 'end' : Buffer.from(piece.value).toString()}`);
          return piece;
        },
        end: () => void told.push(`${name} over`),
      });
    }

    expect(await response.text()).toBe('onetwo');
    expect(told.slice(0, 4)).toEqual(['inner one', 'outer one', 'inner two', 'outer two']);
    expect(told.slice(4)).toEqual(['inner end', 'outer end', 'inner over', 'outer over']);
  },
);

test.each(both)('a tap that only waits for the end is told of it, however the body is read', async (isHere) => {
  const reads = [
    (response: Response) => response.json(),
    (response: Response) => new Response(response.body).text(),
    (response: Response) => response.clone().text(),
    (response: Response) => response.body?.cancel('enough'),
  ];
  for (const read of reads) {
    let ends = 0;
    const response = responseOf(sourceOf(['{}'], isHere));
    tapOn(response, { end: () => (ends += 1) });

    await read(response);

    expect(ends).toBe(1);
  }
});

test('a tap that refuses a read fails it, and gives the rest up', async () => {
  const source = sourceOf(['one', 'two']);
  const response = responseOf(source);
  let ends = 0;
  const tooLong = new Error('too long');
  tapOn(response, { read: () => Promise.reject(tooLong), end: () => (ends += 1) });

  await expect(response.text()).rejects.toBe(tooLong);
  expect([ends, source.cancelled]).toEqual([1, [tooLong]]);
});

test('a body that is cancelled while a read waits is over once', async () => {
  const coming = Promise.withResolvers<never>();
  const source = {
    takeBuffered: () => undefined,
    read: () => coming.promise,
    cancel: () => coming.reject(new Error('given up')),
  };
  const response = responseOf(source);
  let ends = 0;
  tapOn(response, { end: () => (ends += 1) });

  const reader = response.body?.getReader();
  const read = reader?.read();
  await Promise.resolve();
  await reader?.cancel();

  expect([await read, ends]).toEqual([{ done: true, value: undefined }, 1]);
});

test('where there is no body, a tap is told of the end at once', () => {
  let ends = 0;

  tapOn(responseOf(null), { end: () => (ends += 1) });

  expect(ends).toBe(1);
});

test('a body is read once', async () => {
  const response = responseOf(sourceOf(['{"a":1}'], true));

  expect(response.bodyUsed).toBe(false);
  expect(await response.json()).toEqual({ a: 1 });
  expect(response.bodyUsed).toBe(true);
  expect(response.body?.locked).toBe(true);
  await expect(response.text()).rejects.toThrow('Body is unusable');
  expect(() => response.clone()).toThrow(TypeError);
});

test('a stream that somebody holds is not read past them', async () => {
  const response = responseOf(sourceOf(['one']));

  const reader = response.body?.getReader();

  await expect(response.text()).rejects.toThrow('Body is unusable');
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('one');
});

test('a stream that was looked at and not read leaves the body readable', async () => {
  const response = responseOf(sourceOf(['one']));

  expect(response.body).toBe(response.body);
  expect(await response.text()).toBe('one');
  expect(response.body?.locked).toBe(true);
});

test('a response and its clones are read each for itself, headers and all', async () => {
  const response = responseOf(sourceOf(['one', '', 'two']), { 'x-a': '1', 'set-cookie': ['a=1', 'b=2'] });

  const clone = response.clone();
  const another = clone.clone();

  expect(await Promise.all([response.text(), clone.text(), another.text()])).toEqual(['onetwo', 'onetwo', 'onetwo']);
  expect([response.bodyUsed, clone.bodyUsed]).toEqual([true, true]);
  expect(another).toMatchObject({ status: 200, statusText: 'OK', url: 'http://api.test/', type: 'basic' });
  clone.headers.set('x-a', '2');
  expect([response.headers.get('x-a'), clone.headers.get('x-a')]).toEqual(['1', '2']);
});

test('a stream fills the buffers of whoever brings some', async () => {
  const reader = responseOf(sourceOf(['one'])).body?.getReader({ mode: 'byob' });

  const { value } = (await reader?.read(new Uint8Array(8))) ?? {};

  expect(Buffer.from(value ?? []).toString()).toBe('one');
  expect((await reader?.read(new Uint8Array(8)))?.done).toBe(true);
});

test('bytes are nobody else’s: neither a Buffer nor a part of a larger memory', async () => {
  const bytes = await responseOf(sourceOf(['one'], true)).bytes();

  expect(bytes.constructor).toBe(Uint8Array);
  expect(bytes.buffer.byteLength).toBe(3);
});

test('a Response can be made of one', async () => {
  const response = responseOf(sourceOf(['one']), { 'set-cookie': ['a=1', 'b=2'], 'content-type': 'text/x-a; b=c' });

  const made = new Response(response.body, response);

  expect([made.status, made.statusText, await made.text()]).toEqual([200, 'OK', 'one']);
  expect(made.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect((await responseOf(sourceOf(['one']), { 'content-type': 'text/x-a; b=c' }).blob()).type).toBe('text/x-a;b=c');
});

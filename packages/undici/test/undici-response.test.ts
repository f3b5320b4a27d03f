import type { BodyHook } from '@bearings/client/layer';
import { addBodyHook } from '@bearings/client/layer';
import { expect, test } from 'vitest';
import { UndiciResponse } from '../src/undici-response.ts';
import type { ByteSource } from '../src/byte-source.ts';

interface TestSource extends ByteSource {
  readonly cancelled: unknown[];
}

/** A body of these chunks: all of them have arrived, or none. */
function createSource(chunks: readonly string[], isHere = false): TestSource {
  const left = chunks.map((chunk) => Buffer.from(chunk));
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

const createResponse = (source: ByteSource | null, headers = {}): UndiciResponse =>
  new UndiciResponse({ head: { status: 200, statusText: 'OK', headers }, url: 'http://api.test/', source });

const addHook = (response: UndiciResponse, hook: BodyHook): void => void addBodyHook(response, hook);

const both = [true, false];

test.each(both)(
  'every read goes through the hooks, the last one outermost, and each gets the end once',
  async (isHere) => {
    const response = createResponse(createSource(['one', 'two'], isHere));
    const events: string[] = [];
    for (const name of ['inner', 'outer']) {
      addHook(response, {
        async read(read) {
          const chunk = await read();
          events.push(`${name} ${chunk.value === undefined ? 'end' : Buffer.from(chunk.value).toString()}`);
          return chunk;
        },
        end: () => void events.push(`${name} over`),
      });
    }

    expect(await response.text()).toBe('onetwo');
    expect(events.slice(0, 4)).toEqual(['inner one', 'outer one', 'inner two', 'outer two']);
    expect(events.slice(4)).toEqual(['inner end', 'outer end', 'inner over', 'outer over']);
  },
);

test.each(both)('a hook for the end is called, however the body is read', async (isHere) => {
  const reads = [
    (response: Response) => response.json(),
    (response: Response) => new Response(response.body).text(),
    (response: Response) => response.clone().text(),
    (response: Response) => response.body?.cancel('enough'),
  ];
  for (const read of reads) {
    let ends = 0;
    const response = createResponse(createSource(['{}'], isHere));
    addHook(response, { end: () => (ends += 1) });

    await read(response);

    expect(ends).toBe(1);
  }
});

test('a hook that throws fails the read, and the body is cancelled', async () => {
  const source = createSource(['one', 'two']);
  const response = createResponse(source);
  let ends = 0;
  const tooLong = new Error('too long');
  addHook(response, { read: () => Promise.reject(tooLong), end: () => (ends += 1) });

  await expect(response.text()).rejects.toBe(tooLong);
  expect([ends, source.cancelled]).toEqual([1, [tooLong]]);
});

test('a body that is cancelled during a read ends once', async () => {
  const coming = Promise.withResolvers<never>();
  const source = {
    takeBuffered: () => undefined,
    read: () => coming.promise,
    cancel: () => coming.reject(new Error('given up')),
  };
  const response = createResponse(source);
  let ends = 0;
  addHook(response, { end: () => (ends += 1) });

  const reader = response.body?.getReader();
  const read = reader?.read();
  await Promise.resolve();
  await reader?.cancel();

  expect([await read, ends]).toEqual([{ done: true, value: undefined }, 1]);
});

test('without a body, a hook gets the end at once', () => {
  let ends = 0;

  addHook(createResponse(null), { end: () => (ends += 1) });

  expect(ends).toBe(1);
});

test('a body is read once', async () => {
  const response = createResponse(createSource(['{"a":1}'], true));

  expect(response.bodyUsed).toBe(false);
  expect(await response.json()).toEqual({ a: 1 });
  expect(response.bodyUsed).toBe(true);
  expect(response.body?.locked).toBe(true);
  await expect(response.text()).rejects.toThrow('Body is unusable');
  expect(() => response.clone()).toThrow(TypeError);
});

test('a stream with a reader cannot be read by text()', async () => {
  const response = createResponse(createSource(['one']));

  const reader = response.body?.getReader();

  await expect(response.text()).rejects.toThrow('Body is unusable');
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('one');
});

test('a stream that was not read leaves the body readable', async () => {
  const response = createResponse(createSource(['one']));

  expect(response.body).toBe(response.body);
  expect(await response.text()).toBe('one');
  expect(response.body?.locked).toBe(true);
});

test('a response and its clones are read independently, with their headers', async () => {
  const response = createResponse(createSource(['one', '', 'two']), { 'x-a': '1', 'set-cookie': ['a=1', 'b=2'] });

  const clone = response.clone();
  const another = clone.clone();

  expect(await Promise.all([response.text(), clone.text(), another.text()])).toEqual(['onetwo', 'onetwo', 'onetwo']);
  expect([response.bodyUsed, clone.bodyUsed]).toEqual([true, true]);
  expect(another).toMatchObject({ status: 200, statusText: 'OK', url: 'http://api.test/', type: 'basic' });
  clone.headers.set('x-a', '2');
  expect([response.headers.get('x-a'), clone.headers.get('x-a')]).toEqual(['1', '2']);
});

test('a response whose stream has a reader cannot be cloned', () => {
  const response = createResponse(createSource(['one']));
  const reader = response.body?.getReader();

  expect(() => response.clone()).toThrow('Response.clone: Body has already been consumed.');
  reader?.releaseLock();
  expect(response.clone().bodyUsed).toBe(false);
});

test('a stream fills the buffers of a byob reader', async () => {
  const reader = createResponse(createSource(['one'])).body?.getReader({ mode: 'byob' });

  const { value } = (await reader?.read(new Uint8Array(8))) ?? {};

  expect(Buffer.from(value ?? []).toString()).toBe('one');
  expect((await reader?.read(new Uint8Array(8)))?.done).toBe(true);
});

test('bytes() is neither a Buffer nor a part of a larger one', async () => {
  const bytes = await createResponse(createSource(['one'], true)).bytes();

  expect(bytes.constructor).toBe(Uint8Array);
  expect(bytes.buffer.byteLength).toBe(3);
});

test('a Response can be created from one', async () => {
  const response = createResponse(createSource(['one']), {
    'set-cookie': ['a=1', 'b=2'],
    'content-type': 'text/x-a; b=c',
  });

  const made = new Response(response.body, response);

  expect([made.status, made.statusText, await made.text()]).toEqual([200, 'OK', 'one']);
  expect(made.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect((await createResponse(createSource(['one']), { 'content-type': 'text/x-a; b=c' }).blob()).type).toBe(
    'text/x-a;b=c',
  );
});

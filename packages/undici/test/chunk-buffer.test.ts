import { expect, test } from 'vitest';
import { ChunkBuffer } from '../src/chunk-buffer.ts';
import { Exchange } from '../src/exchange.ts';
import { collectGarbageUntil } from './collect-garbage.ts';

const text = (chunk: Uint8Array | undefined): string | undefined =>
  chunk === undefined ? undefined : Buffer.from(chunk).toString();

test('200,000 chunks of one byte are read in four chunks, in order', () => {
  const buffer = new ChunkBuffer();
  for (let count = 0; count < 200_000; count += 1) buffer.push(Uint8Array.of(count % 251));

  const chunks: Uint8Array[] = [];
  for (let chunk = buffer.take(); chunk !== undefined; chunk = buffer.take()) chunks.push(chunk);

  expect(chunks).toHaveLength(4);
  expect(Buffer.concat(chunks).every((byte, index) => byte === index % 251)).toBe(true);
  expect(buffer.byteLength).toBe(0);
});

test('a large chunk is not copied, and small ones before and behind it keep their places', () => {
  const buffer = new ChunkBuffer();
  const large = new Uint8Array(16 * 1024).fill(97);
  for (const chunk of [Buffer.from('1'), Buffer.from('2'), large, Buffer.from('3'), Buffer.from('4')]) {
    buffer.push(chunk);
  }

  expect(text(buffer.take())).toBe('12');
  expect(buffer.take()).toBe(large);
  expect(text(buffer.take())).toBe('34');
  expect(buffer.take()).toBeUndefined();
});

test('a chunk of the size from which chunks are not joined is not copied', () => {
  const buffer = new ChunkBuffer();
  const chunk = new Uint8Array(4 * 1024);
  buffer.push(chunk);
  buffer.push(Buffer.from('a'));

  expect(buffer.take()).toBe(chunk);
  expect(text(buffer.take())).toBe('a');
});

test('a chunk that was read is not kept', async () => {
  const buffer = new ChunkBuffer();
  const read = ((): WeakRef<Uint8Array> => {
    buffer.push(new Uint8Array(8_192));
    return new WeakRef(buffer.take() ?? new Uint8Array());
  })();

  expect(await collectGarbageUntil(() => read.deref() === undefined)).toBe(true);
  expect(buffer.byteLength).toBe(0);
});

test('chunks that arrive between two reads are read next', () => {
  const buffer = new ChunkBuffer();
  buffer.push(new Uint8Array(8_192));
  buffer.push(Buffer.from('a'));

  expect(buffer.take()?.byteLength).toBe(8_192);
  buffer.push(Buffer.from('b'));

  expect(buffer.byteLength).toBe(2);
  expect(buffer.takeAll().map(text)).toEqual(['a', 'b']);
  expect([buffer.byteLength, buffer.take()]).toEqual([0, undefined]);
});

test('a body of one-byte chunks that is read late pauses and resumes its connection once per 64 KiB', async () => {
  const calls = { pause: 0, resume: 0 };
  let left = 200_000;
  const send = (): void => {
    for (let isOpen = true; isOpen && left > 0; left -= 1) {
      exchange.onResponseData(controller, Buffer.of(1));
      isOpen = calls.pause === calls.resume;
    }
    if (left === 0) exchange.onResponseEnd();
  };
  const controller = {
    aborted: false,
    paused: false,
    reason: null,
    rawHeaders: null,
    rawTrailers: null,
    abort: () => {},
    pause: () => void (calls.pause += 1),
    resume() {
      calls.resume += 1;
      send();
    },
  };
  const scope = { isCancelled: false, onCancel: () => () => {} };
  const exchange = new Exchange({ scope: scope as never, toError: (cause) => cause, onEnd: () => {} });
  exchange.onRequestStart(controller);
  exchange.onResponseStart(controller, 200, {});
  send();

  let reads = 0;
  let bytes = 0;
  for (let result = await exchange.read(); !result.done; result = await exchange.read()) {
    reads += 1;
    bytes += result.value.byteLength;
  }

  expect([reads, bytes, calls]).toEqual([4, 200_000, { pause: 3, resume: 3 }]);
});

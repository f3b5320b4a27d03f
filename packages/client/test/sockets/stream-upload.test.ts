import { execFile } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import type { Client } from '../../src/client.ts';
import { caught } from '../caught.ts';
import { serve } from '../loopback.ts';
import { byteServer, done } from './byte-server.ts';
import { watchedServer } from './watched-server.ts';

const run = promisify(execFile);
const mebibyte = 1024 * 1024;
const uploadMebibytes = 128;

interface Upload {
  /** The most that the pieces of the stream took of the sender's memory, above what it took before. */
  readonly peakBytes: number;
  readonly crc: number;
  readonly status: number;
}

/** Uploads from a process of its own to a server here, and says what either saw. */
async function upload(way: string): Promise<{ sender: Upload; receivedBytes: number; receivedCrc: number }> {
  let received = { bytes: 0, crc: 0 };
  const { origin } = await serve(async (request, response) => {
    received = await readSlowly(request);
    response.end('got it');
  });
  const program = fileURLToPath(new URL('fixtures/upload.ts', import.meta.url));
  const args = ['--expose-gc', program, way, `${origin}/`, `${uploadMebibytes}`];
  const { stdout } = await run(process.execPath, args, { timeout: 25_000 });
  return { sender: JSON.parse(stdout) as Upload, receivedBytes: received.bytes, receivedCrc: received.crc };
}

/** Reads at its own pace: after each mebibyte others have their turn. */
async function readSlowly(request: IncomingMessage): Promise<{ bytes: number; crc: number }> {
  let [bytes, crc, pauseAt] = [0, 0, mebibyte];
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.byteLength;
    crc = crc32(piece, crc);
    if (bytes < pauseAt) continue;
    pauseAt += mebibyte;
    await setImmediate();
  }
  return { bytes, crc };
}

/** Sends the stream, and tells the most that was held of it, in mebibytes; fails when it did not arrive as it was. */
async function peakMebibytes(way: string): Promise<number> {
  const { sender, receivedBytes, receivedCrc } = await upload(way);
  expect(sender.status).toBe(200);
  expect([receivedBytes, receivedCrc]).toEqual([uploadMebibytes * mebibyte, sender.crc]);
  return sender.peakBytes / mebibyte;
}

const ways = ['client.put', 'client.fetch', 'client.fetch of a Request'];

test.each(ways)('%s sends a stream of 128 MiB and holds no more than 2 MiB of it', async (way) => {
  expect(await peakMebibytes(way)).toBeLessThanOrEqual(2);
});

test.each(ways)('%s itself holds no more than 2 MiB of 128, over a fetch that holds nothing', async (way) => {
  expect(await peakMebibytes(`${way}, without the copy`)).toBeLessThanOrEqual(2);
});

test('ky by itself holds the whole stream: so the measurement sees what is held', async () => {
  expect(await peakMebibytes('ky')).toBeGreaterThan(64);
});

/** A stream with a body, and how often it was asked for a piece. */
const aStream = (): ReadableStream<Uint8Array<ArrayBuffer>> => new Blob(['streamed']).stream();

test.each([0, 2])('a stream that was answered with 503 is not sent again, with retry: %d', async (retry) => {
  const server = await watchedServer((_, response) => response.writeHead(503, { 'retry-after': '0' }).end());
  const api = createClient({ baseUrl: server.origin, retry });

  const error = await caught(() => api.put('', { body: aStream() }));
  const response = await api.fetch('/', { method: 'PUT', body: aStream(), duplex: 'half' });

  expect(error).toMatchObject({ name: 'HTTPError', response: { status: 503 } });
  expect(response.status).toBe(503);
  expect(server.seen.map(({ body }) => body.toString())).toEqual(['streamed', 'streamed']);
});

const puts: readonly (readonly [string, (api: Client) => Promise<unknown>])[] = [
  ['client.put', (api) => api.put('', { body: aStream(), retry: 2 })],
  ['client.fetch', (api) => api.fetch('/', { method: 'PUT', body: aStream(), duplex: 'half', retry: 2 })],
];

test.each(puts)('%s: a stream whose connection is reset is not sent again, and the error says why', async (_, put) => {
  const server = await byteServer(({ socket }) => socket.resetAndDestroy());

  const error = await caught(() => put(createClient({ baseUrl: server.origin })));

  expect(error).toMatchObject({ code: 'TRANSPORT', retryable: false, origin: server.origin });
  expect(error.message).toContain('its body was a stream');
  expect(server.asked).toHaveLength(1);
});

test.each(puts)(
  '%s: a stream that is not answered in time is not sent again, and the error says why',
  async (_, put) => {
    const clock = virtualClock();
    const server = await watchedServer(() => {});

    const failure = caught(() => put(createClient({ baseUrl: server.origin, clock, timeout: 500 })));
    await server.arrived(1);
    await clock.advance(500);
    await server.closed(1);

    expect(await failure).toMatchObject({ code: 'ATTEMPT_TIMEOUT', retryable: false });
    expect((await failure).message).toContain('its body was a stream');
    expect([server.seen.length, clock.pending]).toEqual([1, 0]);
  },
);

test('the same bytes, which are no stream, are sent again', async () => {
  const server = await byteServer(({ request, socket }) =>
    request < 3 ? socket.resetAndDestroy() : socket.write(done),
  );

  const answer = await createClient({ baseUrl: server.origin, retry: { delay: () => 0 } })
    .put('', { body: 'bytes' })
    .json();

  expect([answer, server.asked.length]).toEqual(['done', 3]);
});

test('a stream that fails while it is sent fails the call, and the server gets no whole request', async () => {
  const brokenOff = Promise.withResolvers<void>();
  const server = await serve(async (request) => {
    await caught(() => request.toArray());
    brokenOff.resolve();
  });
  let pieces = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if ((pieces += 1) === 3) throw new Error('the disk failed');
      controller.enqueue(new Uint8Array(1024));
    },
  });

  const error = await caught(() => createClient({ baseUrl: server.origin }).put('', { body }));
  await brokenOff.promise;

  expect(error).toMatchObject({ code: 'TRANSPORT', retryable: false });
});

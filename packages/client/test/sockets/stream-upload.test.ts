import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import type { Client } from '../../src/client.ts';
import { caught } from '../caught.ts';
import { serve } from '../loopback.ts';
import { byteServer, done } from './byte-server.ts';
import { peakMebibytes } from './upload-memory.ts';
import { watchedServer } from './watched-server.ts';

test('a stream of 16 MiB goes out as it is, and no more than 2 MiB of it are held', async () => {
  expect(await peakMebibytes('client.put', 16)).toBeLessThanOrEqual(2);
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

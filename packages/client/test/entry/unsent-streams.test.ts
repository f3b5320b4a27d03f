import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import type { Client } from '../../src/client.ts';
import type { FetchInit } from '../../src/entry/fetch.ts';
import { layer } from '../../src/core/layer.ts';
import { OverloadedError } from '../../src/errors/index.ts';
import { caught } from '../caught.ts';
import { transports } from '../sockets/transports.ts';
import { watchedServer } from '../sockets/watched-server.ts';

/** A stream that has not ended, and what it was cancelled with. */
function openStream(): { stream: ReadableStream<Uint8Array>; cancelledWith: unknown[] } {
  const cancelledWith: unknown[] = [];
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
    cancel: (reason) => void cancelledWith.push(reason),
  });
  return { stream, cancelledWith };
}

type Post = (api: Client, init: FetchInit) => Promise<unknown>;

const entries: readonly (readonly [string, Post])[] = [
  ['client.fetch', (api, init) => api.fetch('https://127.0.0.1:1/', { ...init, method: 'POST', duplex: 'half' })],
  ['client.post', async (api, init) => api.post('https://127.0.0.1:1/', { ...init, retry: 0 })],
  [
    'a Request',
    (api, init) => api.fetch(new Request('https://127.0.0.1:1/', { ...init, method: 'POST', duplex: 'half' })),
  ],
];

const ways = transports.flatMap(([over, create]) =>
  entries.map(([entry, post]) => [entry, over, { create, post }] as const),
);

test.each(ways)(
  '%s %s cancels the stream of a call that is aborted before it begins',
  async (_, __, { create, post }) => {
    const { stream, cancelledWith } = openStream();
    const reason = new Error('too late');

    const error = await caught(() => post(create(), { body: stream, signal: AbortSignal.abort(reason) }));

    expect(error).toBe(reason);
    expect(cancelledWith).toEqual([reason]);
  },
);

test.each(ways)('%s %s cancels the stream of a call that a layer refuses', async (_, __, { create, post }) => {
  const { stream, cancelledWith } = openStream();
  const refusing = layer('auth', 'full', () => () => Promise.reject(new OverloadedError('https://api.test', 1)));

  const error = await caught(() => post(create({}, refusing), { body: stream }));

  expect(error).toMatchObject({ code: 'OVERLOADED' });
  expect(cancelledWith).toEqual([error]);
});

test.each(ways)('%s %s cancels the stream of a call to a closed client', async (_, __, { create, post }) => {
  const { stream, cancelledWith } = openStream();
  const api = create();
  await api.close();

  const error = await caught(() => post(api, { body: stream }));

  expect(error).toMatchObject({ code: 'CLIENT_CLOSED' });
  expect(cancelledWith).toEqual([error]);
});

test.each(transports)('%s, a stream that was sent is not cancelled', async (_, create) => {
  const server = await watchedServer((_arrival, response) => response.writeHead(503).end());
  const cancelledWith: unknown[] = [];
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(Buffer.from('text'));
      controller.close();
    },
    cancel: (reason) => void cancelledWith.push(reason),
  });

  const response = await create().fetch(server.origin, { method: 'POST', body: stream, duplex: 'half' });

  expect([response.status, server.seen[0]?.body.toString(), cancelledWith]).toEqual([503, 'text', []]);
});

test('wrong options of a call cancel its stream', async () => {
  const { stream, cancelledWith } = openStream();

  const error = await caught(() =>
    createClient().fetch('https://127.0.0.1:1/', { method: 'POST', body: stream, duplex: 'half', timeout: -1 }),
  );

  expect(cancelledWith).toEqual([error]);
});

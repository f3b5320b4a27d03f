import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { caught } from '../caught.ts';
import { readBody, serve } from '../loopback.ts';
import { byteServer } from './byte-server.ts';
import { watchedServer } from './watched-server.ts';
import type { Arrival, WatchedServer } from './watched-server.ts';

type Body = NonNullable<RequestInit['body']>;

/** Many libraries make a Request first, and what its body was made from is then unknown. */
const requestTo = (server: { readonly origin: string }, body: Body): Request =>
  new Request(`${server.origin}/`, { method: 'PUT', body, duplex: 'half' });

const kib = 1024;
const makeBytes = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, (_, at) => at * 7);

/** Answers the second, fifth, … request with 503. */
function busyAtSecond(): Promise<WatchedServer> {
  let asked = 0;
  return watchedServer((_, response) => {
    asked += 1;
    response.writeHead(asked === 2 ? 503 : 200, { 'retry-after': '0' }).end('done');
  });
}

const framing = ({ headers }: Arrival) => [
  headers['content-length'],
  headers['transfer-encoding'],
  headers['content-type']?.replace(/boundary=.*/, 'boundary'),
];

test.each<[string, () => Body]>([
  ['a string', () => 'héllo'],
  ['an empty string', () => ''],
  ['a string of 300 KiB', () => 'é'.repeat(150 * kib)],
  ['bytes', () => makeBytes(1_000)],
  ['bytes of 1 MiB', () => makeBytes(1024 * kib)],
  ['bytes of 3 MiB, which are there anyway,', () => makeBytes(3 * 1024 * kib)],
  ['URLSearchParams', () => new URLSearchParams({ a: '1', b: 'é' })],
  ['a Blob of 1 MiB', () => new Blob([makeBytes(1024 * kib)], { type: 'image/x' })],
])('%s inside a Request is sent again after a 503, with the length that plain fetch sends', async (_, make) => {
  const server = await busyAtSecond();
  const { fetch: ours } = createClient({ random: () => 0 });

  await fetch(requestTo(server, make()));
  const response = await ours(requestTo(server, make()));

  const [plain, first, second] = server.seen;
  expect(response.status).toBe(200);
  expect(server.seen).toHaveLength(3);
  for (const arrival of [first, second]) {
    expect(arrival && framing(arrival)).toEqual(plain && framing(plain));
    expect(arrival?.body.equals(plain?.body ?? Buffer.alloc(0))).toBe(true);
  }
  expect(plain?.headers['content-length']).toBe(`${plain?.body.byteLength}`);
});

test('a form inside a Request is sent again after a 503, and can be read', async () => {
  const server = await busyAtSecond();
  const form = new FormData();
  form.set('order', '42');
  form.set('file', new File([makeBytes(100)], 'a.bin'));

  await createClient().fetch(`${server.origin}/`);
  await createClient({ random: () => 0 }).fetch(requestTo(server, form));

  expect(server.seen).toHaveLength(3);
  for (const { headers, body } of server.seen.slice(1)) {
    const read = await new Response(new Uint8Array(body), {
      headers: { 'content-type': `${headers['content-type']}` },
    }).formData();
    expect(read.get('order')).toBe('42');
    expect(new Uint8Array(await (read.get('file') as File).arrayBuffer())).toEqual(makeBytes(100));
    expect(headers['content-length']).toBe(`${body.byteLength}`);
  }
});

test('a body inside a Request is sent again after its connection was reset, and along a redirect', async () => {
  const texts: string[] = [];
  const server = await serve(async (request, response) => {
    texts.push(`${request.url} ${await readBody(request)}`);
    if (texts.length === 1) request.socket.resetAndDestroy();
    else if (request.url === '/') response.writeHead(307, { location: '/next' }).end();
    else response.end('done');
  });

  const response = await createClient({ random: () => 0 }).fetch(requestTo(server, 'order 42'));

  expect(await response.text()).toBe('done');
  expect(texts).toEqual(['/ order 42', '/ order 42', '/next order 42']);
});

/** A stream whose chunks come when the test says so. */
function live(): { body: ReadableStream<Uint8Array<ArrayBuffer>>; make: (text: string) => void; end: () => void } {
  let control: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({ start: (controller) => void (control = controller) });
  return { body, make: (text) => control?.enqueue(new TextEncoder().encode(text)), end: () => control?.close() };
}

test('a live stream inside a Request arrives while it is still being made', async () => {
  const arrivals = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const server = await serve(async (request, response) => {
    let text = '';
    for await (const piece of request as AsyncIterable<Buffer>)
      arrivals[text.length / 4]?.resolve((text += piece.toString()));
    response.end(text);
  });
  const clock = virtualClock();
  const { body, make, end } = live();

  const call = createClient({ clock }).fetch(requestTo(server, body));
  make('one,');
  await clock.advance(10); // so long it is looked whether the body is all there
  const first = await arrivals[0]?.promise;
  make('two.');
  const second = await arrivals[1]?.promise;
  end();

  expect([first, second]).toEqual(['one,', 'one,two.']);
  expect(await (await call).text()).toBe('one,two.');
});

test('a live stream inside a Request that has made nothing yet is waited for no longer than 10 ms', async () => {
  const server = await watchedServer(({ body }, response) => response.end(body));
  const clock = virtualClock();
  const { body, make, end } = live();

  const call = createClient({ clock, timeout: false }).fetch(requestTo(server, body));
  await clock.settle();
  const waits = clock.waits;
  await clock.advance(10);
  make('late');
  end();

  expect(waits).toEqual([10]);
  expect(await (await call).text()).toBe('late');
  expect(clock.pending).toBe(0);
});

test('no more of a stream inside a Request is made than the server takes, but for a little', async () => {
  const arrived = Promise.withResolvers<void>();
  const server = await serve((request) => {
    request.pause(); // and nothing is ever read
    arrived.resolve();
  });
  const caller = new AbortController();
  let made = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        made += 1;
        if (made > 4_096) return controller.close();
        controller.enqueue(new Uint8Array(64 * kib));
      },
    },
    { highWaterMark: 0 },
  );

  const failure = caught(() => createClient().fetch(requestTo(server, body), { signal: caller.signal }));
  await arrived.promise;
  const standing = await standstill(() => made);
  caller.abort(new Error('enough'));

  expect(await failure).toBe(caller.signal.reason);
  expect(standing).toBeLessThan(1_024); // the rest is in the sockets of the system
});

/** The count, when many turns of the sockets have added nothing to it. */
async function standstill(count: () => number): Promise<number> {
  for (let [last, turns] = [-1, 0]; turns < 200; turns += 1) {
    if (count() !== last) [last, turns] = [count(), 0];
    await new Promise(setImmediate);
  }
  return count();
}

/** More than is kept of a body, in pieces. */
function longStream(): ReadableStream {
  let left = 24;
  return new ReadableStream({
    pull: (controller) => ((left -= 1) < 0 ? controller.close() : controller.enqueue(makeBytes(64 * kib))),
  });
}

function longForm(): FormData {
  const form = new FormData();
  form.set('file', new File([makeBytes(1500 * kib)], 'a.bin'));
  return form;
}

const streams: readonly (readonly [string, number, () => Body])[] = [
  ['a stream of more than 1 MiB', 1536 * kib, longStream],
  ['a form of more than 1 MiB', 1500 * kib, longForm],
];

test.each(streams)('%s inside a Request is sent once: after a 503 the answer is the 503', async (_, length, make) => {
  const server = await watchedServer((_arrival, response) => response.writeHead(503, { 'retry-after': '0' }).end());

  const response = await createClient({ retry: 2 }).fetch(requestTo(server, make()));

  expect(response.status).toBe(503);
  expect(server.seen).toHaveLength(1);
  expect(server.seen[0]?.body.byteLength).toBeGreaterThanOrEqual(length);
});

test.each(streams)('%s inside a Request is sent once: the error of a reset says why', async (_, _length, make) => {
  const server = await byteServer(({ socket }) => socket.resetAndDestroy());

  const error = await caught(() => createClient({ retry: 2 }).fetch(requestTo(server, make())));

  expect(error).toMatchObject({ code: 'TRANSPORT', retryable: false });
  expect(error.message).toContain('its body was a stream');
  expect(server.asked).toHaveLength(1);
});

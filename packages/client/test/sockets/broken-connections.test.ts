import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import type { Client } from '../../src/client.ts';
import { caught } from '../caught.ts';
import { answersRead } from './answers-read.ts';
import { byteServer, done, head } from './byte-server.ts';
import type { ByteServer } from './byte-server.ts';

type Act = (socket: Socket) => unknown;

/** How a body breaks off: what is sent before, and how the connection ends. */
const breaks: readonly (readonly [string, Act])[] = [
  ['ends after the head', (socket) => socket.end(head('200 OK', 'content-length: 9'))],
  ['ends after the head of a chunked body', (socket) => socket.end(head('200 OK', 'transfer-encoding: chunked'))],
  ['ends in the middle of its body', (socket) => socket.end(`${head('200 OK', 'content-length: 9')}"beg`)],
  ['ends in the middle of a chunk', (socket) => socket.end(`${head('200 OK', 'transfer-encoding: chunked')}9\r\n"beg`)],
  ['ends without the last chunk', (socket) => socket.end(`${head('200 OK', 'transfer-encoding: chunked')}2\r\n42\r\n`)],
  [
    'is reset in the middle of its body',
    (socket) => socket.write(`${head('200 OK', 'content-length: 9')}"beg`, () => socket.resetAndDestroy()),
  ],
];

const reads: readonly (readonly [string, (client: Client) => Promise<unknown>])[] = [
  ['.json()', (client) => client.get('').json()],
  ['.text()', (client) => client.get('').text()],
  ['.bytes() of a response', async (client) => (await client.get('')).bytes()],
  ['client.fetch and .json()', async (client) => (await client.fetch('/')).json()],
  ['client.fetch and .arrayBuffer()', async (client) => (await client.fetch('/')).arrayBuffer()],
  ['client.fetch, piece by piece', async (client) => readToEnd(await client.fetch('/'))],
];

async function readToEnd({ body }: Response): Promise<unknown> {
  let last: unknown;
  for await (const piece of body ?? []) last = piece;
  return last;
}

test.each(breaks.flatMap(([name, act]) => reads.map(([by, read]) => [name, by, { act, read }] as const)))(
  'an answer that %s is said to have broken off: %s',
  async (_name, _by, { act, read }) => {
    const server = await byteServer(({ socket }) => act(socket));

    const error = await caught(() => read(createClient({ baseUrl: server.origin })));

    expect(error).toMatchObject({ code: 'TRANSPORT', origin: server.origin, retryable: true });
    expect(error.message).toContain('broke off');
    expect(server.asked).toHaveLength(1); // the caller has had the head: what was read cannot be taken back
  },
);

test('what arrived before an answer broke off can be used', async () => {
  const server = await byteServer(({ socket }) => socket.end(`${head('200 OK', 'content-length: 9')}12345`));
  const { body } = await createClient({ baseUrl: server.origin }).get('');
  const reader = (body as ReadableStream<Uint8Array>).getReader();

  const { value } = await reader.read();

  expect(Buffer.from(value ?? []).toString()).toBe('12345');
  expect(await caught(() => reader.read())).toMatchObject({ code: 'TRANSPORT' });
});

test('an error page that breaks off is an error of its status still', async () => {
  const server = await byteServer(({ socket }) => socket.end(`${head('404 Not Found', 'content-length: 9')}no`));

  const error = await caught(() => createClient({ baseUrl: server.origin }).get(''));

  expect(error).toMatchObject({ name: 'HTTPError', response: { status: 404 } });
});

test('a body without a length ends with its connection', async () => {
  const server = await byteServer(({ socket }) => socket.end(`${head('200 OK', 'connection: close')}all of it`));

  expect(await createClient({ baseUrl: server.origin }).get('').text()).toBe('all of it');
});

/** How a connection ends before there is an answer. */
const silences: readonly (readonly [string, Act])[] = [
  ['is reset', (socket) => socket.resetAndDestroy()],
  ['ends', (socket) => socket.end()],
  ['ends in the middle of a head', (socket) => socket.end('HTTP/1.1 200 O')],
];

/** Breaks the first request's connection off, and answers all others. */
const firstBroken = (act: Act): Promise<ByteServer> =>
  byteServer(({ request, socket }) => (request === 1 ? act(socket) : socket.write(done)));

const impatient = { retry: { delay: () => 0 } };

test.each(silences)('a GET whose connection %s before an answer is sent again over another one', async (_, act) => {
  const server = await firstBroken(act);

  const answer = await createClient({ baseUrl: server.origin, ...impatient })
    .get('')
    .json();

  expect(answer).toBe('done');
  expect(server.asked).toEqual([1, 2]);
});

test.each(silences)('a POST whose connection %s before an answer is not: it may have been done', async (_, act) => {
  const server = await firstBroken(act);
  const api = createClient({ baseUrl: server.origin, ...impatient });

  const error = await caught(() => api.post('', { json: { order: 42 } }));

  expect(error).toMatchObject({ code: 'TRANSPORT', origin: server.origin, retryable: true });
  expect(error.message).toContain('no answer');
  expect(server.asked).toEqual([1]);
});

test.each(silences)('a connection that %s at every attempt is the failure of the call', async (_, act) => {
  const server = await byteServer(({ socket }) => act(socket));

  const error = await caught(() => createClient({ baseUrl: server.origin, ...impatient }).fetch('/'));

  expect(error).toMatchObject({ code: 'TRANSPORT', retryable: true });
  expect(server.asked).toEqual([1, 2, 3]);
});

test('an idle connection that the server has closed is not used again', async () => {
  const closed = Promise.withResolvers<void>();
  const server = await byteServer(({ socket, connection }) => {
    socket.write(done);
    if (connection === 1) socket.on('close', () => closed.resolve());
    if (connection === 1) setImmediate(() => socket.end());
  });
  const api = createClient({ baseUrl: server.origin, retry: 0 });

  await api.get('').json();
  await closed.promise;

  expect(await api.post('', { json: 1 }).json()).toBe('done');
  expect(server.asked).toEqual([1, 2]);
});

/** A server that closes a connection at the very moment in which the second request comes over it. */
async function closesAtSecond(): Promise<{ server: ByteServer; api: Client }> {
  const server = await byteServer(({ request, socket }) => (request === 2 ? socket.destroy() : socket.write(done)));
  const api = createClient({ baseUrl: server.origin, ...impatient });
  const answers = answersRead(server.origin);
  await api.get('').json();
  await answers.reached(1);
  await new Promise(setImmediate); // the platform counts a connection as free a turn later
  return { server, api };
}

test('a GET that meets an idle connection in the moment in which the server closes it is sent again', async () => {
  const { server, api } = await closesAtSecond();

  expect(await api.get('').json()).toBe('done');
  expect(server.asked).toEqual([1, 1, 2]);
});

test('a POST that does is not, and its error says that it could be', async () => {
  const { server, api } = await closesAtSecond();

  const error = await caught(() => api.post('', { json: 1 }));

  expect(error).toMatchObject({ code: 'TRANSPORT', retryable: true });
  expect(server.asked).toEqual([1, 1]);
});

test('an answer is whole although the server ends its half of the connection right behind it', async () => {
  const server = await byteServer(({ socket }) => socket.end(done));
  const api = createClient({ baseUrl: server.origin, retry: 0 });

  for (let call = 0; call < 5; call += 1) expect(await api.get('').json()).toBe('done');

  expect(server.connections).toBeGreaterThan(1);
});

test('an answer that comes before the request was sent is the answer, also when the server then ends', async () => {
  const halves: Promise<unknown>[] = [];
  const server = await byteServer(({ socket }) => {
    halves.push(once(socket, 'end'));
    socket.end(`${head('413 Content Too Large', 'connection: close', 'content-length: 8')}too much`);
  });
  const api = createClient({ baseUrl: server.origin });
  const begun = Promise.withResolvers<void>();
  const upload = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(Buffer.from('the first piece')),
    pull: () => begun.resolve(), // and no second one
  });

  const response = await api.fetch('/', { method: 'PUT', body: upload as never, duplex: 'half' });

  await begun.promise;
  expect([response.status, await response.text()]).toEqual([413, 'too much']);
  await Promise.all(halves);
});

import { layer } from '@bearings/client/layer';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { caught } from '../../../client/test/caught.ts';
import { watchedServer } from '../../../client/test/sockets/watched-server.ts';
import { networks, turns, ways } from '../networks.ts';

test.each(ways.flatMap(([way, parts]) => [301, 302, 303, 307, 308].map((status) => [way, status, parts] as const)))(
  '%s: a POST is led on by %d as fetch leads it',
  async (_, status, { network, open }) => {
    const server = await watchedServer(({ path, method, body }, response) =>
      path === '/from'
        ? response.writeHead(status, { location: '/to#new' }).end('moved')
        : response.end(`${method} ${body.toString()}`),
    );
    const client = network({ baseUrl: server.origin });

    const response = await open(client, '/from', { method: 'POST', body: 'order' });

    expect(await response.text()).toBe(status >= 307 ? 'POST order' : 'GET ');
    expect(response).toMatchObject({ redirected: true, url: `${server.origin}/to`, status: 200 });
  },
);

test.each(networks)('%s: a redirect is handed out when the call says so', async (_, network) => {
  const server = await watchedServer((__, response) => response.writeHead(302, { location: '/to' }).end());

  const response = await network({ baseUrl: server.origin }).fetch('/', { redirect: 'manual' });

  expect([response.status, response.headers.get('location')]).toEqual([302, '/to']);
});

test.each(networks)('%s: a redirect after a stream is not followed, and the error says why', async (_, network) => {
  const server = await watchedServer((__, response) => response.writeHead(307, { location: '/to' }).end());
  const body = new Blob(['once']).stream();

  const error = await caught(() => network({ baseUrl: server.origin }).put('', { body }));

  expect(error).toMatchObject({ code: 'REDIRECT_BLOCKED' });
  expect(error.message).toContain('a stream');
});

test.each(ways)('%s: a 503 is tried again on the same connection', async (_, { network, open }) => {
  const server = await watchedServer((__, response) =>
    server.seen.length < 3 ? response.writeHead(503, { 'retry-after': '0' }).end('later') : response.end('now'),
  );

  const response = await open(network({ baseUrl: server.origin }), '/');

  expect(await response.text()).toBe('now');
  expect(server.seen).toHaveLength(3);
  expect(server.connections).toBeLessThanOrEqual(2);
});

/** Sends a request again after a 401, with another header, as a layer with a token does. */
const replaying = layer('auth', 'replaying', (next) => async (request, call) => {
  call.headers.setCredential('authorization', 'Bearer old');
  const response = await next(request, call);
  if (response.status !== 401) return response;
  await response.text();
  call.headers.setCredential('authorization', 'Bearer new');
  return next(request, call);
});

test.each(ways)('%s: a 401 is replayed with the new token and the same form', async (_, { network, open }) => {
  const server = await watchedServer(({ headers }, response) =>
    headers.authorization === 'Bearer new' ? response.end('in') : response.writeHead(401).end('who?'),
  );
  const body = new FormData();
  body.set('field', 'value');

  const response = await open(network({ baseUrl: server.origin }, replaying), '/', { method: 'POST', body });

  expect(await response.text()).toBe('in');
  expect(server.seen.map((arrival) => arrival.headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
  expect(server.seen.every((arrival) => arrival.body.includes('value'))).toBe(true);
});

test.each(networks)('%s: calls one after the other use one connection, others at once more', async (_, network) => {
  const server = await watchedServer((__, response) => response.end('{}'));
  const client = network({ baseUrl: server.origin });

  for (let call = 0; call < 5; call += 1) {
    await client.get('').json();
    await turns();
  }
  expect(server.connections).toBe(1);

  await Promise.all(Array.from({ length: 5 }, () => client.get('').json()));
  expect(server.connections).toBeGreaterThan(1);
});

test.each(networks)('%s: hooks of ky see the answer, and progress is told', async (_, network) => {
  const server = await watchedServer((__, response) => response.end('x'.repeat(200_000)));
  const seen: unknown[] = [];
  const client = network({
    baseUrl: server.origin,
    hooks: { afterResponse: [async ({ response }) => void seen.push(response.status, (await response.text()).length)] },
  });

  const text = await client.get('', { onDownloadProgress: ({ percent }) => void seen.push(percent) }).text();

  expect(text).toHaveLength(200_000);
  expect(seen.slice(0, 2)).toEqual([200, 200_000]);
  expect(seen.at(-1)).toBe(1);
});

test.each(networks)('%s: an error of a status has its data', async (_, network) => {
  const server = await watchedServer((__, response) =>
    response.writeHead(422, { 'content-type': 'application/json' }).end('{"field":"name"}'),
  );

  const error = await caught(() => network({ baseUrl: server.origin }).get(''));

  expect(error).toMatchObject({ code: 'HTTP_STATUS', status: 422, data: { field: 'name' } });
});

test.each(networks)(
  '%s: a body that nobody reads gives its connection back when it is collected',
  async (_, network) => {
    const server = await watchedServer((__, response) => response.write('x'.repeat(500_000)));
    const client = network({ baseUrl: server.origin });

    expect(await headOf(() => client.fetch('/'))).toBe(200);

    expect(await collectedUntil(server.closed(1))).toBe('given back');
  },
);

test.each(networks)(
  '%s: a stream that is held keeps its connection, although its response is not',
  async (_, network) => {
    const server = await watchedServer((__, response) => {
      response.write('first');
      server.closed(1).then(
        () => seen.push('closed'),
        () => {},
      );
    });
    const seen: string[] = [];
    const client = network({ baseUrl: server.origin });

    const stream = await streamOf(() => client.fetch('/'));
    await collectedUntil(Promise.race([]), 30);

    expect(seen).toEqual([]);
    expect(Buffer.from((await stream.getReader().read()).value ?? []).toString()).toBe('first');
  },
);

/** Functions of their own, so that no local variable holds the response afterwards. */
async function headOf(ask: () => Promise<Response>): Promise<number> {
  return (await ask()).status;
}
async function streamOf(ask: () => Promise<Response>): Promise<ReadableStream<Uint8Array>> {
  return (await ask()).body as ReadableStream<Uint8Array>;
}

/** Collects garbage until `sign` comes; each round lets the sockets have their turn. */
async function collectedUntil(sign: Promise<void>, rounds = 500): Promise<string> {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const connection = { state: 'held' };
  const watch = async (): Promise<void> => {
    await sign;
    connection.state = 'given back';
  };
  void watch();
  for (let round = 0; round < rounds && connection.state === 'held'; round += 1) {
    collect();
    await setImmediate();
  }
  return connection.state;
}

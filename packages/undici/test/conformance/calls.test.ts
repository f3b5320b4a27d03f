import { layer } from '@bearings/client/layer';
import { expect, test } from 'vitest';
import { caught } from '../../../client/test/caught.ts';
import { watchedServer } from '../../../client/test/sockets/watched-server.ts';
import { collectGarbageUntil } from '../collect-garbage.ts';
import { networks, turns, undiciClient, ways } from '../networks.ts';

test.each(ways.flatMap(([way, parts]) => [301, 302, 303, 307, 308].map((status) => [way, status, parts] as const)))(
  '%s: a POST is redirected by %d as fetch does it',
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

test.each(networks)("%s: redirect: 'manual' returns the redirect", async (_, network) => {
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

test.each(ways)('%s: a 503 is retried on the same connection', async (_, { network, open }) => {
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
    headers.authorization === 'Bearer new' ? response.end('in') : response.writeHead(401).end('unknown'),
  );
  const body = new FormData();
  body.set('field', 'value');

  const response = await open(network({ baseUrl: server.origin }, replaying), '/', { method: 'POST', body });

  expect(await response.text()).toBe('in');
  expect(server.seen.map((arrival) => arrival.headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
  expect(server.seen.every((arrival) => arrival.body.includes('value'))).toBe(true);
});

test.each(networks)('%s: calls in sequence share a connection, calls in parallel do not', async (_, network) => {
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

test.each(networks)('%s: hooks of ky get the response, and progress is reported', async (_, network) => {
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

test.each(networks)('%s: the error for a status has its data', async (_, network) => {
  const server = await watchedServer((__, response) =>
    response.writeHead(422, { 'content-type': 'application/json' }).end('{"field":"name"}'),
  );

  const error = await caught(() => network({ baseUrl: server.origin }).get(''));

  expect(error).toMatchObject({ code: 'HTTP_STATUS', status: 422, data: { field: 'name' } });
});

test.each(networks)(
  '%s: an unread body gives its connection back when its response is collected',
  async (_, network) => {
    const server = await watchedServer((__, response) => response.write('x'.repeat(500_000)));
    const client = network({ baseUrl: server.origin });

    expect(await readHead(() => client.fetch('/'))).toBe(200);

    expect(await collectGarbageUntil(() => isFree(server))).toBe(true);
  },
);

test('over undici: a stream that was read in part gives its connection back when it is collected', async () => {
  const server = await watchedServer((__, response) => response.write('first'));
  const client = undiciClient({ baseUrl: server.origin });

  expect(await readFirst(await client.fetch('/'))).toBe('first');

  expect(await collectGarbageUntil(() => isFree(server))).toBe(true);
});

test.each(networks)('%s: a stream keeps its connection, although its response is collected', async (_, network) => {
  const server = await watchedServer((__, response) => response.write('first'));
  const client = network({ baseUrl: server.origin });

  const stream = await takeStream(() => client.fetch('/'));

  expect(await collectGarbageUntil(() => isFree(server), 30)).toBe(false);
  expect(Buffer.from((await stream.getReader().read()).value ?? []).toString()).toBe('first');
});

test.each(networks)('%s: a reader keeps its connection, although its response is collected', async (_, network) => {
  const server = await watchedServer((__, response) => response.write('first'));
  const client = network({ baseUrl: server.origin });

  const reader = (await takeStream(() => client.fetch('/'))).getReader();
  await reader.read();
  const next = reader.read();

  expect(await collectGarbageUntil(() => isFree(server), 30)).toBe(false);
  await reader.cancel();
  expect(await next).toMatchObject({ done: true });
});

test.each(networks)('%s: a clone is read to its end, although the original is collected', async (_, network) => {
  const rest = Promise.withResolvers<void>();
  const server = await watchedServer(async (__, response) => {
    response.write('first ');
    await rest.promise;
    response.end('last');
  });
  const client = network({ baseUrl: server.origin });

  const clone = await takeClone(() => client.fetch('/'));
  const text = clone.text();

  expect(await collectGarbageUntil(() => isFree(server), 30)).toBe(false);
  rest.resolve();
  expect(await text).toBe('first last');
});

const isFree = (server: { readonly openConnections: number }): boolean => server.openConnections === 0;

async function readFirst({ body }: Response): Promise<string> {
  const { value } = (await body?.getReader().read()) ?? {};
  return Buffer.from(value ?? []).toString();
}

/** Functions of their own, so that no local variable refers to the response afterwards. */
async function readHead(ask: () => Promise<Response>): Promise<number> {
  return (await ask()).status;
}
async function takeStream(ask: () => Promise<Response>): Promise<ReadableStream<Uint8Array>> {
  return (await ask()).body as ReadableStream<Uint8Array>;
}
async function takeClone(ask: () => Promise<Response>): Promise<Response> {
  return (await ask()).clone();
}

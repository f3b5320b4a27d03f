import { createClient, explain } from '@bearings/client';
import { Agent, MockAgent } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { caught } from '../../client/test/caught.ts';
import { byteServer, head } from '../../client/test/sockets/byte-server.ts';
import { watchedServer } from '../../client/test/sockets/watched-server.ts';
import { turns } from './networks.ts';
import * as everything from '../src/index.ts';
import { withUndici } from '../src/index.ts';

test('the package gives exactly this', () => {
  expect(Object.keys(everything)).toEqual(['withUndici']);
});

test('the layer takes the place of fetch', async () => {
  await using network = withUndici();

  expect(createClient({}, network).stages.at(-1)).toBe('undici');
});

test('what it is set to is shown, but no key and no password', async () => {
  const tls = { key: 'SECRET', cert: 'CERT', rejectUnauthorized: false };
  await using network = withUndici({ connections: 8, tls, proxy: 'http://user:SECRET@proxy.test:3128' });

  expect(explain(createClient({}, network)).split('\n').at(-1)).toBe(
    '▼ transport     undici        connections 8 · pipelining 1 · allowH2 false · connectTimeout 10 s · ' +
      'tls key, cert, rejectUnauthorized · rejectUnauthorized false · proxy proxy.test:3128',
  );
});

test.each<[string, Parameters<typeof withUndici>[0]]>([
  ['connections', { connections: 0 }],
  ['pipelining', { pipelining: 1.5 }],
  ['connectTimeout', { connectTimeout: -1 }],
  ['keepAliveTimeout', { keepAliveTimeout: Infinity }],
  ['proxy', { proxy: 'ftp://proxy.test' }],
  ['proxy', { proxy: 'proxy.test:3128' }],
  ['lookup', { proxy: 'env', lookup: () => {} }],
  ['dispatcher', { dispatcher: {} as Agent }],
  ['connections', { dispatcher: new Agent(), connections: 1 }],
])('a wrong %s is refused at the start', async (field, options) => {
  expect(await caught(() => withUndici(options))).toMatchObject({ code: 'CONFIG', field });
});

test('a proxy that is refused is not quoted', async () => {
  const error = await caught(() => withUndici({ proxy: 'ftp://user:SECRET@proxy.test' }));

  expect(error.message).not.toContain('SECRET');
});

test('closing waits for what is under way, and takes nothing more', async () => {
  const server = await watchedServer((_, response) => response.write('half'));
  const network = withUndici();
  const client = createClient({ baseUrl: server.origin }, network);
  const response = await client.fetch('/');

  let isClosed = false;
  const closing = (async () => {
    await network.close();
    isClosed = true;
  })();
  const refused = await caught(() => client.fetch('/'));

  expect(refused).toMatchObject({ code: 'CLIENT_CLOSED' });
  expect(isClosed).toBe(false);
  await response.body?.cancel();
  await closing;
  await server.closed(1);
  await network.close();
});

test('a dispatcher that is given is used, and not closed', async () => {
  const agent = new Agent();
  onTestFinished(() => agent.close());
  const server = await watchedServer((_, response) => response.end('here'));
  const network = withUndici({ dispatcher: agent });

  expect(await createClient({ baseUrl: server.origin }, network).get('').text()).toBe('here');
  await network.close();

  expect([agent.closed, agent.destroyed]).toEqual([false, false]);
  expect(explain(createClient({}, network))).toContain('dispatcher given');
});

test('one that is closed says so', async () => {
  const agent = new Agent();
  await agent.close();
  const client = createClient({ baseUrl: 'http://127.0.0.1:1' }, withUndici({ dispatcher: agent }));

  expect(await caught(() => client.get(''))).toMatchObject({ code: 'CLIENT_CLOSED' });
});

test('a call may bring its own dispatcher, as to fetch', async () => {
  const mock = new MockAgent();
  onTestFinished(() => mock.close());
  mock.disableNetConnect();
  mock.get('http://127.0.0.1:1').intercept({ path: '/v1' }).reply(200, { from: 'mock' });
  await using network = withUndici();
  const client = createClient({}, network);

  const response = await client.fetch('http://127.0.0.1:1/v1', { dispatcher: mock as never });

  expect(await response.json()).toEqual({ from: 'mock' });
});

test('a dispatcher that throws is a failure of the network, and its words stay with it', async () => {
  const dispatcher = {
    dispatch() {
      throw new Error('SECRET');
    },
  } as unknown as Agent;
  const client = createClient({ baseUrl: 'http://127.0.0.1:1', retry: 0 }, withUndici({ dispatcher }));

  const error = await caught(() => client.get(''));

  expect(error).toMatchObject({ code: 'TRANSPORT', reason: 'UNKNOWN' });
  expect(error.message).not.toContain('SECRET');
});

test('a request whose turn has not come can be given up, and is never sent', async () => {
  const server = await watchedServer(({ path }, response) => path === '/third' && response.end());
  await using network = withUndici({ connections: 1 });
  const client = createClient({ baseUrl: server.origin }, network);
  const [first, second] = [new AbortController(), new AbortController()];

  const waiting = client.fetch('/', { signal: first.signal });
  await server.arrived(1);
  const queued = client.fetch('/second', { signal: second.signal });
  await turns();
  second.abort('left');

  await expect(queued).rejects.toBe('left');
  first.abort('left too');
  await expect(waiting).rejects.toBe('left too');
  await client.fetch('/third');
  expect(server.seen.map(({ path }) => path)).toEqual(['/', '/third']);
});

test('a 205 that has a body all the same has none, and does not hold its connection', async () => {
  const long = head('205 Reset Content', 'content-length: 300000') + 'x'.repeat(300_000);
  const closed = Promise.withResolvers<void>();
  const server = await byteServer(({ socket }) => {
    socket.on('end', () => closed.resolve()).on('close', () => closed.resolve());
    socket.write(long);
  });
  await using network = withUndici({ keepAliveTimeout: 600_000 });

  const response = await createClient({ baseUrl: server.origin }, network).fetch('/');

  expect([response.status, response.body]).toEqual([205, null]);
  await closed.promise;
});

import { createClient, explain } from '@bearings/client';
import { Agent, MockAgent } from 'undici';
import { virtualClock } from '@bearings/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { caught } from '../../client/test/caught.ts';
import { byteServer, head } from '../../client/test/sockets/byte-server.ts';
import { watchedServer } from '../../client/test/sockets/watched-server.ts';
import { turns } from './networks.ts';
import * as everything from '../src/index.ts';
import { withUndici } from '../src/index.ts';

test('the package exports exactly this', () => {
  expect(Object.keys(everything)).toEqual(['bearerInterceptor', 'withUndici']);
});

test('the layer replaces fetch', async () => {
  await using network = withUndici();

  expect(createClient({}, network).stages.at(-1)).toBe('undici');
});

test('explain shows the options, but no key and no password', async () => {
  const tls = { key: 'SECRET', cert: 'CERT', rejectUnauthorized: false };
  await using network = withUndici({ connections: 8, tls, proxy: 'http://user:SECRET@proxy.test:3128' });

  expect(explain(createClient({}, network)).split('\n').at(-1)).toBe(
    '▼ transport     undici        connections 8 · pipelining 1 · allowH2 false · connectTimeout 10 s · ' +
      'tls key, cert, rejectUnauthorized · rejectUnauthorized false · proxy proxy.test:3128',
  );
});

type Options = NonNullable<Parameters<typeof withUndici>[0]>;

test.each<[string, Options]>([
  ['connections', { connections: 0 }],
  ['pipelining', { pipelining: 1.5 }],
  ['connectTimeout', { connectTimeout: -1 }],
  ['keepAliveTimeout', { keepAliveTimeout: Infinity }],
  ['proxy', { proxy: 'ftp://proxy.test' }],
  ['proxy', { proxy: 'proxy.test:3128' }],
  ['lookup', { proxy: 'env', lookup: () => {} }],
  ['proxyTls', { proxyTls: {} }],
  ['dispatcher', { dispatcher: {} as Agent }],
  ['connections', { dispatcher: new Agent(), connections: 1 }],
  ['tls.key', { tls: { cert: 'CERT' } }],
  ['tls.cert', { tls: { key: 'SECRET' } }],
  ['proxyTls.key', { proxy: 'https://proxy.test', proxyTls: { cert: 'CERT' } }],
])('a wrong %s is a CONFIG error', async (field, options) => {
  expect(await caught(() => withUndici(options))).toMatchObject({ code: 'CONFIG', field });
});

test.each<[string, object]>([
  ['connections', { connections: '8' }],
  ['allowH2', { allowH2: 'false' }],
  ['connectTimeout', { connectTimeout: '2s' }],
  ['tls', { tls: 'SECRET' }],
  ['tls.ca', { tls: { ca: ['SECRET', 5] } }],
  ['tls.cert', { tls: { cert: {}, key: 'SECRET' } }],
  ['tls.key', { tls: { cert: 'CERT', key: { file: 5 } } }],
  ['tls.rejectUnauthorized', { tls: { rejectUnauthorized: 'false' } }],
  ['tls.servername', { tls: { servername: 5 } }],
  ['tlsRefreshInterval', { tlsRefreshInterval: 0 }],
  ['lookup', { lookup: 'dns' }],
  ['dispatcher', { dispatcher: 'agent' }],
  ['clock', { clock: {} }],
  ['proxyTls', { proxy: 'https://proxy.test', proxyTls: [].length }],
])('a %s of another type is a CONFIG error that does not quote it', async (field, options) => {
  const error = await caught(() => withUndici(options));

  expect(error).toMatchObject({ code: 'CONFIG', field });
  expect(error.message).not.toContain('SECRET');
});

test.each(['text', null, 5])('options that are no object are a CONFIG error (%s)', async (options) => {
  expect(await caught(() => withUndici(options as never))).toMatchObject({ code: 'CONFIG', field: 'options' });
});

test.each<[string, object, string]>([
  ['proxyTLs', { proxyTLs: {} }, 'Did you mean proxyTls?'],
  ['conections', { conections: 5 }, 'Did you mean connections?'],
  ['keep-alive-timeout', { 'keep-alive-timeout': 5 }, 'Did you mean keepAliveTimeout?'],
  ['tls.rejectUnauthorised', { tls: { rejectUnauthorised: false } }, 'Did you mean tls.rejectUnauthorized?'],
  ['tls.password', { tls: { password: 'SECRET' } }, 'The options are ca, cert, key, servername, rejectUnauthorized'],
  ['timeout', { timeout: 5 }, 'The options are dispatcher, connections, '],
  ['toString', { toString: 5 }, 'The options are '],
])('an unknown option %s is a CONFIG error with the names that are known', async (field, options, help) => {
  const error = await caught(() => withUndici(options));

  expect(error).toMatchObject({ code: 'CONFIG', field });
  expect(error.message).toContain(help);
  expect(error.message).not.toContain('SECRET');
});

test('an option that is undefined is one that is not set', async () => {
  await using network = withUndici({ connections: undefined, tls: { ca: undefined }, proxy: undefined });

  expect(network.name).toBe('undici');
});

test('a proxy of the environment that is no URL is a CONFIG error that names the variable', async () => {
  vi.stubEnv('HTTPS_PROXY', 'user:SECRET@proxy.test:3128');
  onTestFinished(() => void vi.unstubAllEnvs());

  const error = await caught(() => withUndici({ proxy: 'env' }));

  expect(error).toMatchObject({ code: 'CONFIG', field: 'proxy' });
  expect(error.message).toContain('HTTPS_PROXY');
  expect(error.message).not.toContain('SECRET');
});

test('the error for a wrong proxy does not quote it', async () => {
  const error = await caught(() => withUndici({ proxy: 'ftp://user:SECRET@proxy.test' }));

  expect(error.message).not.toContain('SECRET');
});

/** A server whose responses have no end, and a client for it. */
async function openCalls() {
  const server = await watchedServer((_, response) => response.write('half'));
  const clock = virtualClock();
  const network = withUndici({ clock });
  return { server, clock, network, client: createClient({ baseUrl: server.origin, retry: 0 }, network) };
}

/** Whether a promise has settled, as far as sockets tell by now. */
async function hasSettled(promise: Promise<unknown>): Promise<boolean> {
  await turns();
  return (await Promise.race([promise, 'pending'])) !== 'pending';
}

test('close waits for the requests in flight, and no more are taken', async () => {
  const { server, clock, network, client } = await openCalls();
  const response = await client.fetch('/');

  const closing = network.close();

  expect(await caught(() => client.fetch('/'))).toMatchObject({ code: 'CLIENT_CLOSED' });
  expect(await hasSettled(closing)).toBe(false);
  await response.body?.cancel();
  await closing;
  await server.closed(1);
  await network.close();
  expect(clock.pending).toBe(0);
});

test.each<[string, { graceMs?: number } | undefined, number]>([
  ['10 s by default', undefined, 10_000],
  ['graceMs', { graceMs: 500 }, 500],
  ['graceMs 0', { graceMs: 0 }, 0],
])('close ends what is left after %s with CLIENT_CLOSED', async (_, options, graceMs) => {
  const { server, clock, network, client } = await openCalls();
  const [response, unread] = [await client.fetch('/'), await client.fetch('/')];
  const text = caught(() => response.text());

  const closing = network.close(options);
  await clock.advance(Math.max(0, graceMs - 1));
  if (graceMs > 0) expect(await hasSettled(closing)).toBe(false);
  await clock.advance(1);
  await closing;

  expect(await text).toMatchObject({ code: 'CLIENT_CLOSED' });
  await Promise.all([server.closed(1), server.closed(2)]);
  expect(unread.status).toBe(200);
});

test('close closes idle connections', async () => {
  const server = await watchedServer((_, response) => response.end('all'));
  const network = withUndici();
  await createClient({ baseUrl: server.origin }, network).get('').text();

  await network.close();

  await server.closed(1);
});

test('destroy ends the requests in flight, before and after their heads, with CLIENT_CLOSED', async () => {
  const server = await watchedServer(({ path }, response) => path === '/drip' && response.write('half'));
  const network = withUndici({ connections: 2 });
  const client = createClient({ baseUrl: server.origin, retry: 0 }, network);
  const response = await client.fetch('/drip');
  const failures = ['/silent', '/queued'].map((path) => caught(() => client.fetch(path)));
  await server.arrived(2);

  await network.destroy();

  expect(await Promise.all(failures)).toMatchObject([{ code: 'CLIENT_CLOSED' }, { code: 'CLIENT_CLOSED' }]);
  expect(await caught(() => response.text())).toMatchObject({ code: 'CLIENT_CLOSED' });
  expect(await caught(() => client.fetch('/'))).toMatchObject({ code: 'CLIENT_CLOSED' });
  await server.closed(1);
});

test('destroy ends a close that waits', async () => {
  const { network, client } = await openCalls();
  await client.fetch('/');

  const closing = network.close({ graceMs: 60_000 });
  await network.destroy();

  await closing;
});

test('close of a layer that was never used resolves', async () => {
  await withUndici().close();
  await withUndici().destroy();
});

test.each(['1', -1, Number.NaN])('graceMs must be a number of milliseconds (%s)', async (graceMs) => {
  await using network = withUndici();

  const error = await caught(() => network.close({ graceMs: graceMs as number }));

  expect(error).toMatchObject({ code: 'CONFIG', field: 'graceMs' });
});

test('a dispatcher of the caller is used, and not closed', async () => {
  const agent = new Agent();
  onTestFinished(() => agent.close());
  const server = await watchedServer((_, response) => response.end('here'));
  const network = withUndici({ dispatcher: agent });

  expect(await createClient({ baseUrl: server.origin }, network).get('').text()).toBe('here');
  await network.close();

  expect([agent.closed, agent.destroyed]).toEqual([false, false]);
  expect(explain(createClient({}, network))).toContain('dispatcher given');
});

test('a dispatcher that is closed is a closed client', async () => {
  const agent = new Agent();
  await agent.close();
  const client = createClient({ baseUrl: 'http://127.0.0.1:1' }, withUndici({ dispatcher: agent }));

  expect(await caught(() => client.get(''))).toMatchObject({ code: 'CLIENT_CLOSED' });
});

test('a call may pass its own dispatcher, as to fetch', async () => {
  const mock = new MockAgent();
  onTestFinished(() => mock.close());
  mock.disableNetConnect();
  mock.get('http://127.0.0.1:1').intercept({ path: '/v1' }).reply(200, { from: 'mock' });
  await using network = withUndici();
  const client = createClient({}, network);

  const response = await client.fetch('http://127.0.0.1:1/v1', { dispatcher: mock as never });

  expect(await response.json()).toEqual({ from: 'mock' });
});

test('a dispatcher that throws is a TRANSPORT error that does not quote it', async () => {
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

test('a request that waits for a connection can be aborted, and is never sent', async () => {
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

test('the body of a 205 is dropped, and does not hold its connection', async () => {
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

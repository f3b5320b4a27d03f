import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@bearings/client';
import type { ClientOptions } from '@bearings/client';
import { virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import { decode, encode } from 'dns-packet';
import { expect, onTestFinished, test } from 'vitest';
import { lookupHost, lookupService } from '../../src/addresses/address-source.ts';
import { withUndici } from '../../src/with-undici.ts';
import { listenTls, serverCertificate } from '../tls-server.ts';
import type { UndiciOptions } from '../../src/undici-options.ts';

const answerName =
  (name: string): RequestListener =>
  (request, response) => {
    request.resume();
    request.on('end', () => response.end(`${name} ${request.headers.host}`));
  };

/** Real servers on addresses of this machine, with one port. */
async function listen(hosts: readonly string[], listener = answerName): Promise<{ port: number; servers: Server[] }> {
  const servers: Server[] = [];
  let port = 0;
  for (const host of hosts) {
    const server = createServer(listener(host));
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    ({ port } = server.address() as AddressInfo);
    servers.push(server);
    onTestFinished(() => void server.close());
  }
  return { port, servers };
}

interface BalancedOptions extends ClientOptions {
  readonly undici?: UndiciOptions;
}

/** A client whose service has these addresses. */
function balanced(port: number, addresses: readonly string[], { undici, ...options }: BalancedOptions = {}) {
  const found = { addresses, count: 0 };
  const clock = virtualClock();
  const from = async (): Promise<readonly { address: string }[]> => {
    found.count += 1;
    return found.addresses.map((address) => ({ address }));
  };
  const network = withUndici({ addresses: { from }, clock, ...undici });
  onTestFinished(() => network.destroy());
  const client = createClient({ baseUrl: `http://orders.localhost:${port}`, clock, retry: 0, ...options }, network);
  const call = async (body?: string): Promise<string> => {
    const answer = await client.fetch('/', body === undefined ? {} : { method: 'POST', body });
    return `${answer.status} ${(await answer.text()).split(' ')[0]}`;
  };
  return { call, found, clock, client };
}

test('requests go to the instances in turn, and name the service as their host', async () => {
  const hosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];
  const { port } = await listen(hosts);
  const { client, found } = balanced(port, hosts);

  const answers = await Promise.all(Array.from({ length: 9 }, async () => client.get('').text()));

  const expected = hosts.flatMap((host) => [1, 2, 3].map(() => `${host} orders.localhost:${port}`));
  expect(answers.toSorted()).toEqual(expected);
  expect(found.count).toBe(1);
});

test('a dead instance costs no call and no retry, also of a POST, and is then left out', async () => {
  const { port, servers } = await listen(['127.0.0.1', '127.0.0.2']);
  const { call } = balanced(port, ['127.0.0.1', '127.0.0.2'], {
    retry: { limit: 2, budget: { ratio: 0, minPerSecond: 0 } },
  });
  await Promise.all([call(), call()]);
  servers[1]?.closeAllConnections();
  await new Promise((resolve) => servers[1]?.close(resolve));

  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => call(`order ${index}`)));

  expect(new Set(answers)).toEqual(new Set(['200 127.0.0.1']));
});

test('when no instance can be reached, the call fails once with the reason', async () => {
  const { port, servers } = await listen(['127.0.0.1', '127.0.0.2']);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  const { call } = balanced(port, ['127.0.0.1', '127.0.0.2']);

  await expect(call()).rejects.toMatchObject({ code: 'TRANSPORT', reason: 'ECONNREFUSED', wasProcessed: false });
});

test('an instance that answers 503 several times in a row is left out, and gets requests again after its time', async () => {
  let isBad = true;
  const { port } = await listen(['127.0.0.1', '127.0.0.2'], (host) => (request, response) => {
    request.resume();
    response.writeHead(host === '127.0.0.2' && isBad ? 503 : 200).end(host);
  });
  const { call, clock } = balanced(port, ['127.0.0.1', '127.0.0.2']);

  for (let count = 0; count < 10; count += 1) await call();
  const meanwhile = [await call(), await call(), await call(), await call()];
  isBad = false;
  await clock.advance(10_000);
  const later = [await call(), await call()];

  expect(new Set(meanwhile)).toEqual(new Set(['200 127.0.0.1']));
  expect(later.toSorted()).toEqual(['200 127.0.0.1', '200 127.0.0.2']);
});

test.each([
  [
    'an instance that lets calls wait until their time is over is left out',
    (_: AbortController, clock: VirtualClock) => clock.advance(1_000),
    5,
  ],
  ['an instance whose callers leave is not left out', (caller: AbortController) => caller.abort(), 7],
])('%s', async (_, end, expected) => {
  let hang = Promise.withResolvers<void>();
  const { port } = await listen(['127.0.0.1', '127.0.0.2'], (host) => (request, response) => {
    request.resume();
    if (host === '127.0.0.1') response.end(host);
    else hang.resolve();
  });
  const { client, clock } = balanced(port, ['127.0.0.1', '127.0.0.2'], { timeout: 1_000, totalTimeout: false });
  let hung = 0;

  for (let count = 0; count < 14; count += 1) {
    hang = Promise.withResolvers();
    const caller = new AbortController();
    const answer = client.fetch('/', { signal: caller.signal }).then((response) => response.text());
    const ended = answer.catch(() => (hung += 1));
    await Promise.race([ended, hang.promise.then(() => end(caller, clock))]);
    await ended;
  }

  expect(hung).toBe(expected);
});

test('addresses are looked up again after their time, in the background, and old ones are used while that fails', async () => {
  const { port } = await listen(['127.0.0.1', '127.0.0.2']);
  let fails = false;
  let addresses = ['127.0.0.1'];
  const from = async (): Promise<readonly { address: string }[]> => {
    if (fails) throw Object.assign(new Error('queryA ETIMEOUT orders.localhost'), { code: 'ETIMEOUT' });
    return addresses.map((address) => ({ address }));
  };
  const { call, clock } = balanced(port, [], { undici: { addresses: { from, refreshInterval: 1_000 } } });
  const first = await call();
  fails = true;
  await clock.advance(1_000);
  const during = [await call(), await call()];
  fails = false;
  addresses = ['127.0.0.2'];
  await clock.advance(1_000);
  await call();
  await new Promise(setImmediate);

  expect([first, ...during, await call()]).toEqual([
    '200 127.0.0.1',
    '200 127.0.0.1',
    '200 127.0.0.1',
    '200 127.0.0.2',
  ]);
});

test('a lookup that fails or finds nothing fails the call with the reason', async () => {
  const failing = withUndici({
    addresses: { from: () => Promise.reject(Object.assign(new Error('queryA ESERVFAIL'), { code: 'ESERVFAIL' })) },
  });
  const empty = withUndici({ addresses: { from: async () => [] } });
  onTestFinished(async () => void (await Promise.all([failing.destroy(), empty.destroy()])));

  const calls = [failing, empty].map((network) => createClient({ retry: 0 }, network).get('http://orders.localhost/'));

  await expect(calls[0]).rejects.toMatchObject({ code: 'TRANSPORT', reason: 'ESERVFAIL' });
  await expect(calls[1]).rejects.toMatchObject({ code: 'TRANSPORT', reason: 'ENOTFOUND' });
});

test('an address of a request is called as it is, and a stream is not sent to another instance', async () => {
  const { port, servers } = await listen(['127.0.0.1']);
  const { client, found } = balanced(port, ['127.0.0.9', '127.0.0.1']);

  const direct = await client.get(`http://127.0.0.1:${port}/`).text();
  const stream = new ReadableStream({ start: (controller) => controller.close() });
  const outcomes = await Promise.allSettled(
    [1, 2].map(() => client.fetch('/', { method: 'POST', body: stream, duplex: 'half' } as RequestInit)),
  );

  expect(direct).toContain('127.0.0.1');
  expect(found.count).toBe(1);
  expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
  void servers;
});

test('over TLS the certificate is that of the service, and not of the address', async () => {
  const port = await listenTls();
  const from = async () => [{ address: '127.0.0.1' }];
  const network = withUndici({ addresses: { from }, tls: { ca: serverCertificate.cert } });
  onTestFinished(() => network.destroy());
  const client = createClient({ retry: 0 }, network);

  const peer = await client.get(`https://localhost:${port}/`).json();
  const wrong = client.get(`https://orders.localhost:${port}/`);

  expect(peer).toMatchObject({ servername: 'localhost' });
  await expect(wrong).rejects.toMatchObject({ code: 'TLS', reason: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

/** A name server that answers SRV questions from a table. */
async function nameServer(records: Readonly<Record<string, readonly object[]>>): Promise<Resolver> {
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const { id, questions = [] } = decode(message);
    const answers = questions.flatMap(({ name }) =>
      (records[name] ?? []).map((data) => ({ type: 'SRV' as const, name, ttl: 5, data: data as never })),
    );
    socket.send(encode({ id: id ?? 0, type: 'response', questions, answers }), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => void socket.close());
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return resolver;
}

test('SRV records name the instances: those of the lowest priority, by their weights, each with its port', async () => {
  const resolver = await nameServer({
    '_http._tcp.orders.test': [
      { priority: 1, weight: 10, port: 8_001, target: 'localhost' },
      { priority: 1, weight: 20, port: 8_002, target: 'localhost' },
      { priority: 2, weight: 10, port: 8_003, target: 'localhost' },
    ],
  });

  const found = await lookupService(resolver)(new URL('http://orders.test'));

  const count = (wanted: number): number => found.filter(({ port }) => port === wanted).length;
  expect(count(8_001)).toBeGreaterThan(0);
  expect([count(8_002) / count(8_001), count(8_003)]).toEqual([2, 0]);
  await expect(lookupService(resolver)(new URL('https://none.test'))).rejects.toMatchObject({ code: 'ENODATA' });
});

test('all addresses of a host are its instances', async () => {
  const found = await lookupHost(new URL('http://localhost'));

  expect(found.map(({ address }) => address)).toContain('127.0.0.1');
});

test.each([
  [{ addresses: 'consul' }, 'addresses must be "dns", "srv", or an object of options, not "consul"'],
  [{ addresses: {} }, 'addresses.from must be "dns", "srv" or a function'],
  [{ addresses: { from: 'dns', refresh: 1 } }, 'withUndici has no option addresses.refresh'],
  [{ addresses: { from: 'dns', ejectFor: 0 } }, 'addresses.ejectFor must be milliseconds from 1'],
  [{ addresses: 'dns', proxy: 'http://proxy:3128' }, 'addresses has no effect with proxy'],
])('options %j are refused', (options, message) => {
  expect(() => withUndici(options as UndiciOptions)).toThrow(message);
});

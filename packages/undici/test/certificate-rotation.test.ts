import { createClient } from '@bearings/client';
import type { Client } from '@bearings/client';
import { virtualClock } from '@bearings/testing';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { Agent } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { caught } from '../../client/test/caught.ts';
import { createCertificate } from '../../testing/src/server/certificate.ts';
import { Connections } from '../src/connections.ts';
import { withUndici } from '../src/index.ts';
import type { TlsOptions, UndiciLayer } from '../src/index.ts';
import { listen, serverCertificate } from './tls-server.ts';

const [first, second] = [await createCertificate(['first.test']), await createCertificate(['second.test'])];

interface Service {
  readonly baseUrl: string;
  /** Ends the response of `/slow`. */
  readonly finish: () => void;
  /** How many connections have been closed. */
  readonly closed: () => number;
}

/** A server that requires a client certificate, and answers with its name. */
async function startService(): Promise<Service> {
  const [slow, closed] = [Promise.withResolvers<void>(), { count: 0 }];
  const trusted = { requestCert: true, rejectUnauthorized: true, ca: [first.cert, second.cert] };
  const answer = async ({ url, socket }: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.write(String((socket as TLSSocket).getPeerCertificate().subject.CN));
    if (url === '/slow') await slow.promise;
    response.end();
  };
  const server = createServer(
    { ...serverCertificate, ...trusted },
    (request, response) => void answer(request, response),
  );
  server.on('secureConnection', (socket) => socket.on('close', () => (closed.count += 1)));
  return { baseUrl: `https://127.0.0.1:${await listen(server)}`, finish: slow.resolve, closed: () => closed.count };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'bearings-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

interface Setup {
  readonly client: Client;
  readonly network: UndiciLayer;
  readonly clock: ReturnType<typeof virtualClock>;
  readonly service: Service;
}

async function setUp(tls: TlsOptions): Promise<Setup> {
  const [clock, service] = [virtualClock(), await startService()];
  const network = withUndici({ clock, tls: { ca: serverCertificate.cert, ...tls } });
  onTestFinished(() => network.destroy());
  return { client: createClient({ baseUrl: service.baseUrl, retry: 0 }, network), network, clock, service };
}

test('a certificate that changed in its file is used by new connections, and the old one is closed', async () => {
  const path = await folder();
  const [cert, key] = [join(path, 'tls.crt'), join(path, 'tls.key')];
  const write = (pair: typeof first) => Promise.all([writeFile(cert, pair.cert), writeFile(key, pair.key)]);
  await write(first);
  const { client, clock, service } = await setUp({ cert: { file: cert }, key: { file: key } });
  expect(await client.get('').text()).toBe('first.test');

  await write(second);
  await clock.advance(9_999);
  expect(await client.get('').text()).toBe('first.test');
  await clock.advance(1);

  expect(await client.get('').text()).toBe('second.test');
  await expect.poll(service.closed).toBe(1);
});

test('a response over an old connection is read to its end, and then the connection is closed', async () => {
  let pair = first;
  const { client, clock, service } = await setUp({ cert: () => pair.cert, key: async () => pair.key });
  const slow = await client.fetch('/slow');

  pair = second;
  await clock.advance(10_000);
  expect(await client.get('').text()).toBe('second.test');
  expect(service.closed()).toBe(0);
  service.finish();

  expect(await slow.text()).toBe('first.test');
  await expect.poll(service.closed).toBe(1);
});

test('a certificate authority that changed is used', async () => {
  let ca = first.cert;
  const { client, clock } = await setUp({ ca: [() => ca], ...first });
  expect(await caught(() => client.get(''))).toMatchObject({ code: 'TLS' });

  ca = serverCertificate.cert;
  await clock.advance(10_000);

  expect(await client.get('').text()).toBe('first.test');
});

test('a certificate that did not change keeps its connections', async () => {
  let reads = 0;
  const cert = (): string => {
    reads += 1;
    return first.cert;
  };
  const { client, clock, service } = await setUp({ cert, key: first.key });

  for (let round = 0; round < 3; round += 1) {
    await Promise.all([client.get('').text(), client.get('').text()]);
    await clock.advance(10_000);
  }

  expect(reads).toBe(3);
  expect(service.closed()).toBe(0);
});

const unusable: readonly (readonly [string, () => string | Promise<string>])[] = [
  ['throws', () => expect.fail('SECRET')],
  ['rejects', () => Promise.reject(new Error('SECRET'))],
  ['returns another type', () => 5 as never],
  ['returns no PEM', () => 'SECRET'],
  ['returns the certificate of another key', () => second.cert],
];

test.each(unusable)('when the function of a certificate %s, the old certificate stays in use', async (_, broken) => {
  let cert: () => string | Promise<string> = () => first.cert;
  const { client, clock } = await setUp({ cert: () => cert(), key: first.key });
  await client.get('').text();

  cert = broken;
  await clock.advance(10_000);

  expect(await client.get('').text()).toBe('first.test');
});

test.each(unusable)(
  'when the function of a certificate %s at the first call, that is a CONFIG error',
  async (_, cert) => {
    const { client } = await setUp({ cert, key: first.key });

    const error = await caught(() => client.get(''));

    expect(error).toMatchObject({ code: 'CONFIG', field: expect.stringMatching(/^tls/) as unknown });
    expect(String(error.stack)).not.toContain('SECRET');
  },
);

test('a file that cannot be read is a CONFIG error that names it, until it can be read', async () => {
  const path = await folder();
  const file = join(path, 'tls.crt');
  const { client } = await setUp({ cert: { file }, key: first.key });

  const error = await caught(() => client.get(''));
  await writeFile(file, first.cert);

  expect(error).toMatchObject({ code: 'CONFIG', field: 'tls.cert' });
  expect(error.message).toContain(`${file} (ENOENT)`);
  expect(await client.get('').text()).toBe('first.test');
});

test('a function that never answers delays a call by a second at most', async () => {
  let cert: () => string | Promise<string> = () => first.cert;
  const { client, clock } = await setUp({ cert: () => cert(), key: first.key });
  await client.get('').text();

  cert = () => new Promise(() => {});
  await clock.advance(10_000);
  const call = client.get('').text();
  await expect.poll(() => clock.waits).toContain(1_000);
  await clock.advance(1_000);

  expect(await call).toBe('first.test');
});

test('a function that never answers at the first call does not outlast an abort', async () => {
  const { client } = await setUp({ cert: () => new Promise(() => {}), key: first.key });
  const caller = new AbortController();

  const call = client.fetch('/', { signal: caller.signal });
  caller.abort('left');

  await expect(call).rejects.toBe('left');
});

test('connections that are made after the layer was destroyed are closed at once', async () => {
  const certificate = Promise.withResolvers<string>();
  const connections = new Connections({ tls: { ca: () => certificate.promise } });

  const waiting = connections.get();
  await connections.destroy();
  certificate.resolve(serverCertificate.cert);

  const { dispatcher } = await waiting;
  expect('destroyed' in dispatcher && dispatcher.destroyed).toBe(true);
});

test('a layer that is closed closes old connections too', async () => {
  let pair = first;
  const { client, network, clock, service } = await setUp({ cert: () => pair.cert, key: () => pair.key });
  const slow = await client.fetch('/slow');
  pair = second;
  await clock.advance(10_000);
  await client.get('').text();

  await network.destroy();

  expect(await caught(() => slow.text())).toMatchObject({ code: 'CLIENT_CLOSED' });
  await expect.poll(service.closed).toBe(2);
});

test('the thumbprint of the client certificate is that of the file as it is now', async () => {
  const path = await folder();
  const [cert, key] = [join(path, 'tls.crt'), join(path, 'tls.key')];
  const write = (pair: typeof first) => Promise.all([writeFile(cert, pair.cert), writeFile(key, pair.key)]);
  const { network, clock } = await setUp({ cert: { file: cert }, key: { file: key } });
  await expect(network.clientCertificate?.()).rejects.toMatchObject({ code: 'CONFIG', field: 'tls.cert' });

  await write(first);
  const before = await network.clientCertificate?.();
  await write(second);
  await clock.advance(10_000);

  expect(before).toBe(thumbprint(first.cert));
  expect(await network.clientCertificate?.()).toBe(thumbprint(second.cert));
});

test('a network without a client certificate, or with a dispatcher that may have one, presents none', async () => {
  const { network } = await setUp({});
  const agent = new Agent({ connect: first });
  onTestFinished(() => agent.destroy());

  expect(network.clientCertificate).toBeUndefined();
  expect(withUndici({ dispatcher: agent }).clientCertificate).toBeUndefined();
});

const thumbprint = (cert: string): string =>
  createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url');

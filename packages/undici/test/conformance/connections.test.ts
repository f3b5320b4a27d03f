import { publicLookup } from '@bearings/client';
import { once } from 'node:events';
import { createServer as createPlainServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { expect, onTestFinished, test, vi } from 'vitest';
import { caught } from '../../../client/test/caught.ts';
import { watchedServer } from '../../../client/test/sockets/watched-server.ts';
import { createCertificate } from '../../../testing/src/server/certificate.ts';
import { networks, undiciClient } from '../networks.ts';

type Listening = Pick<Server, 'listen' | 'address' | 'close'> & { closeAllConnections?: () => void };

/** Where a server listens, until the test ends. */
async function portOf(server: Listening): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => {
    server.closeAllConnections?.();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const ours = await createCertificate();

const secure = (options = {}): Promise<number> =>
  portOf(
    createServer({ ...ours, ...options }, (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      response.end(JSON.stringify({ peer: subject?.CN ?? 'nobody', name: (request.socket as TLSSocket).servername }));
    }),
  );

test.each(networks)('%s: a server that nobody vouches for is not trusted', async (_, network) => {
  const port = await secure();

  const error = await caught(() => network({ baseUrl: `https://127.0.0.1:${port}` }).get(''));

  expect(error).toMatchObject({ code: 'TLS', reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});

test('it is trusted when the layer is told whom to trust', async () => {
  const client = undiciClient({ baseUrl: `https://localhost:${await secure()}` }, { tls: { ca: ours.cert } });

  expect(await client.get('').json()).toEqual({ peer: 'nobody', name: 'localhost' });
});

test('it is not, when its certificate is for another name', async () => {
  const tls = { ca: [ours.cert], servername: 'another.test' };
  const client = undiciClient({ baseUrl: `https://127.0.0.1:${await secure()}` }, { tls });

  expect(await caught(() => client.get(''))).toMatchObject({ code: 'TLS', reason: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

test('a client shows its certificate where one is asked for, and is sent away without', async () => {
  const mine = await createCertificate(['billing.test']);
  const port = await secure({ requestCert: true, rejectUnauthorized: true, ca: mine.cert });
  const baseUrl = `https://127.0.0.1:${port}`;

  const known = undiciClient(
    { baseUrl },
    { tls: { ca: Buffer.from(ours.cert), cert: mine.cert, key: Buffer.from(mine.key) } },
  );
  const unknown = undiciClient({ baseUrl, retry: 0 }, { tls: { ca: ours.cert } });

  expect(await known.get('').json()).toMatchObject({ peer: 'billing.test' });
  expect(await caught(() => unknown.get(''))).toMatchObject({ source: 'client' });
});

test('HTTP/2 is spoken when it is asked for, and only then', async () => {
  const server = createSecureServer({ ...ours, allowHTTP1: true }, (request, response) => {
    response.end(JSON.stringify({ version: request.httpVersion, path: request.url }));
  });
  const baseUrl = `https://127.0.0.1:${await portOf(server as never)}`;

  const two = undiciClient({ baseUrl }, { tls: { ca: ours.cert }, allowH2: true });
  const one = undiciClient({ baseUrl }, { tls: { ca: ours.cert } });

  expect(await two.get('a?b').json()).toEqual({ version: '2.0', path: '/a?b' });
  expect((await two.fetch('/', { method: 'HEAD' })).body).toBeNull();
  expect(await one.get('a?b').json()).toEqual({ version: '1.1', path: '/a?b' });
});

interface Proxy {
  readonly origin: string;
  /** What it was asked for, and with which credentials. */
  readonly asked: readonly string[];
}

/** A proxy that tunnels what is asked by CONNECT, and answers all else by itself. */
async function proxy(status = '200 OK'): Promise<Proxy> {
  const asked: string[] = [];
  const server = createPlainServer(({ method, url, headers }, response) => {
    asked.push(`${method} ${url} ${headers['proxy-authorization']}`);
    response.writeHead(Number.parseInt(status, 10)).end('by the proxy');
  });
  server.on('connect', ({ url = '', headers }: IncomingMessage, socket: Socket) => {
    asked.push(`CONNECT ${url} ${headers['proxy-authorization']}`);
    socket.on('error', () => {});
    if (status !== '200 OK') return socket.end(`HTTP/1.1 ${status}\r\n\r\n`);
    const [host = '', port] = url.split(':');
    const onward = connect(Number(port), host, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
    return socket.pipe(onward).pipe(socket);
  });
  return { origin: `127.0.0.1:${await portOf(server)}`, asked };
}

test('https goes through a proxy in a tunnel, with the credentials of its URL', async () => {
  const { origin, asked } = await proxy();
  const target = `127.0.0.1:${await secure()}`;
  const how = { proxy: `http://user:secret@${origin}`, tls: { ca: ours.cert } };

  const body = await undiciClient({ baseUrl: `https://${target}` }, how)
    .get('')
    .json();

  expect(body).toMatchObject({ peer: 'nobody' });
  expect(asked).toEqual([`CONNECT ${target} Basic ${btoa('user:secret')}`]);
});

test('http is handed to the proxy', async () => {
  const { origin, asked } = await proxy();

  const client = undiciClient(
    { baseUrl: 'http://orders.test', insecureHttp: true },
    { proxy: new URL(`http://${origin}`) },
  );

  expect(await client.get('v1').text()).toBe('by the proxy');
  expect(asked).toEqual(['GET http://orders.test/v1 undefined']);
});

test.each(['http', 'https'])('a proxy that wants to know who asks is a failure of the network (%s)', async (scheme) => {
  const { origin } = await proxy('407 Proxy Authentication Required');
  const how = { proxy: `http://user:secret@${origin}` };

  const client = undiciClient({ baseUrl: `${scheme}://orders.test`, insecureHttp: true, retry: 0 }, how);
  const error = await caught(() => client.get(''));

  expect(error).toMatchObject({ code: 'TRANSPORT' });
  expect(error.message).not.toContain('secret');
});

test('the proxy of the environment is used when that is asked for', async () => {
  const { origin, asked } = await proxy();
  vi.stubEnv('HTTP_PROXY', `http://${origin}`);
  vi.stubEnv('http_proxy', `http://${origin}`);
  vi.stubEnv('NO_PROXY', 'direct.test');
  vi.stubEnv('no_proxy', 'direct.test');
  onTestFinished(() => void vi.unstubAllEnvs());

  const client = undiciClient({ baseUrl: 'http://orders.test', insecureHttp: true }, { proxy: 'env' });

  expect(await client.get('').text()).toBe('by the proxy');
  expect(asked).toHaveLength(1);
});

test('a lookup says which address is called, or that none is', async () => {
  const server = await watchedServer((_, response) => response.end('here'));
  const { port } = new URL(server.origin);
  const baseUrl = `http://orders.test:${port}`;
  const here = undiciClient(
    { baseUrl, insecureHttp: true },
    {
      lookup: (_, { all }, found) =>
        all === true ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4),
    },
  );
  const nowhere = undiciClient({ baseUrl: `http://localhost:${port}`, retry: 0 }, { lookup: publicLookup() });

  expect(await here.get('').text()).toBe('here');
  expect(await caught(() => nowhere.get(''))).toMatchObject({ code: 'TRANSPORT', reason: 'EACCES' });
  expect(server.seen).toHaveLength(1);
});

test('a connection that does not come to stand in time is a failure of the network', async () => {
  const server = createServer(ours); // it listens, and as nobody shakes hands, it never stands
  const port = await portOf(server);
  server.removeAllListeners('connection');
  const client = undiciClient({ baseUrl: `https://127.0.0.1:${port}`, retry: 0 }, { connectTimeout: 20 });

  const [error] = await Promise.all([caught(() => client.get('')), once(server, 'connection')]);

  expect(error).toMatchObject({ code: 'TRANSPORT', reason: 'UND_ERR_CONNECT_TIMEOUT' });
});

import { publicLookup } from '@bearings/client';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { expect, test } from 'vitest';
import { caught } from '../../../client/test/caught.ts';
import { watchedServer } from '../../../client/test/sockets/watched-server.ts';
import { createCertificate } from '../../../testing/src/server/certificate.ts';
import { networks, undiciClient } from '../networks.ts';
import { listen, listenHttp2, listenTls, serverCertificate } from '../tls-server.ts';

test.each(networks)('%s: a server whose certificate no authority has signed is not trusted', async (_, network) => {
  const port = await listenTls();

  const error = await caught(() => network({ baseUrl: `https://127.0.0.1:${port}` }).get(''));

  expect(error).toMatchObject({ code: 'TLS', reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});

test('a server is trusted when its authority is in tls.ca', async () => {
  const client = undiciClient(
    { baseUrl: `https://localhost:${await listenTls()}` },
    { tls: { ca: serverCertificate.cert } },
  );

  expect(await client.get('').json()).toEqual({ peer: 'none', servername: 'localhost' });
});

test('a server is not trusted when its certificate is for another name', async () => {
  const tls = { ca: [serverCertificate.cert], servername: 'another.test' };
  const client = undiciClient({ baseUrl: `https://127.0.0.1:${await listenTls()}` }, { tls });

  expect(await caught(() => client.get(''))).toMatchObject({ code: 'TLS', reason: 'ERR_TLS_CERT_ALTNAME_INVALID' });
});

test('a client sends its certificate to a server that requires one, and is rejected without', async () => {
  const mine = await createCertificate(['billing.test']);
  const port = await listenTls({ requestCert: true, rejectUnauthorized: true, ca: mine.cert });
  const baseUrl = `https://127.0.0.1:${port}`;

  const known = undiciClient(
    { baseUrl },
    { tls: { ca: Buffer.from(serverCertificate.cert), cert: mine.cert, key: Buffer.from(mine.key) } },
  );
  const unknown = undiciClient({ baseUrl, retry: 0 }, { tls: { ca: serverCertificate.cert } });

  expect(await known.get('').json()).toMatchObject({ peer: 'billing.test' });
  expect(await caught(() => unknown.get(''))).toMatchObject({ source: 'client' });
});

test('HTTP/2 is used when allowH2 is set, and only then', async () => {
  const baseUrl = `https://127.0.0.1:${await listenHttp2()}`;

  const two = undiciClient({ baseUrl }, { tls: { ca: serverCertificate.cert }, allowH2: true });
  const one = undiciClient({ baseUrl }, { tls: { ca: serverCertificate.cert } });

  expect(await two.get('a?b').json()).toEqual({ version: '2.0', path: '/a?b' });
  expect((await two.fetch('/', { method: 'HEAD' })).body).toBeNull();
  expect(await one.get('a?b').json()).toEqual({ version: '1.1', path: '/a?b' });
});

test('lookup decides which address is called, or that none is', async () => {
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

test('a connection that is not established within connectTimeout is a TRANSPORT error', async () => {
  const server = createServer(serverCertificate); // it accepts connections, and never answers the TLS handshake
  const port = await listen(server);
  server.removeAllListeners('connection');
  const client = undiciClient({ baseUrl: `https://127.0.0.1:${port}`, retry: 0 }, { connectTimeout: 20 });

  const [error] = await Promise.all([caught(() => client.get('')), once(server, 'connection')]);

  expect(error).toMatchObject({ code: 'TRANSPORT', reason: 'UND_ERR_CONNECT_TIMEOUT' });
});

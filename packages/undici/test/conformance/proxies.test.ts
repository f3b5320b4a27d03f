import { createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { caught } from '../../../client/test/caught.ts';
import { createCertificate } from '../../../testing/src/server/certificate.ts';
import type { UndiciOptions } from '../../src/undici-options.ts';
import { undiciClient } from '../networks.ts';
import { listen, listenHttp2, listenTls, serverCertificate, startProxy } from '../tls-server.ts';

/** Sets what `proxy: 'env'` reads, until the test ends. */
function stubEnvironment({ proxy = '', direct = '' }: { proxy?: string; direct?: string }): void {
  for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY']) vi.stubEnv(name, proxy);
  for (const name of ['no_proxy', 'NO_PROXY']) vi.stubEnv(name, direct);
  onTestFinished(() => void vi.unstubAllEnvs());
}

/** Each way to a server. */
const routes: readonly (readonly [string, () => Promise<UndiciOptions>])[] = [
  ['directly', async () => ({})],
  ['through a proxy', async () => ({ proxy: `http://127.0.0.1:${(await startProxy()).port}` })],
  [
    'through a proxy with TLS',
    async () => ({
      proxy: `https://localhost:${(await startProxy({ tls: {} })).port}`,
      proxyTls: { ca: serverCertificate.cert },
    }),
  ],
  [
    'through the proxy of the environment',
    async () => {
      stubEnvironment({ proxy: `http://127.0.0.1:${(await startProxy()).port}` });
      return { proxy: 'env' };
    },
  ],
  [
    'past the proxy of the environment',
    async () => {
      stubEnvironment({ proxy: `http://127.0.0.1:1`, direct: '127.0.0.1' });
      return { proxy: 'env' };
    },
  ],
  [
    'with an environment without proxy',
    async () => {
      stubEnvironment({});
      return { proxy: 'env' };
    },
  ],
];

test.each(routes)('%s, the CA and the client certificate in tls are used', async (_, route) => {
  const mine = await createCertificate(['billing.test']);
  const port = await listenTls({ requestCert: true, rejectUnauthorized: true, ca: mine.cert });
  const tls = { ca: serverCertificate.cert, ...mine, servername: 'localhost' };

  const client = undiciClient({ baseUrl: `https://127.0.0.1:${port}`, retry: 0 }, { ...(await route()), tls });

  expect(await client.get('').json()).toEqual({ peer: 'billing.test', servername: 'localhost' });
});

test.each(routes)('%s, a server is not trusted by default', async (_, route) => {
  const client = undiciClient({ baseUrl: `https://127.0.0.1:${await listenTls()}`, retry: 0 }, await route());

  const error = await caught(() => client.get(''));

  expect(error).toMatchObject({ code: 'TLS', reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  expect(error.message).not.toContain('proxy');
});

test.each(routes.flatMap(([way, route]) => [true, false].map((allowH2) => [way, allowH2, route] as const)))(
  '%s, allowH2: %s decides the version of HTTP',
  async (_, allowH2, route) => {
    const tls = { ca: serverCertificate.cert };
    const baseUrl = `https://127.0.0.1:${await listenHttp2()}`;

    const client = undiciClient({ baseUrl, retry: 0 }, { ...(await route()), tls, allowH2 });

    expect(await client.get('').json()).toMatchObject({ version: allowH2 ? '2.0' : '1.1' });
  },
);

test.each(routes)('%s, connectTimeout limits the TLS handshake with the server', async (_, route) => {
  const port = await listen(createServer() as never); // it accepts connections, and never answers
  const how = { ...(await route()), connectTimeout: 300 };
  const client = undiciClient({ baseUrl: `https://127.0.0.1:${port}`, retry: 0 }, how);

  const error = await caught(() => client.get(''));

  expect(error).toMatchObject({ code: 'TRANSPORT', reason: 'UND_ERR_CONNECT_TIMEOUT' });
});

test.each(routes)('%s, connections limits the connections to an origin', async (_, route) => {
  const sockets = new Set<unknown>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
  });
  const how = { ...(await route()), connections: 1 };
  const client = undiciClient({ baseUrl: `http://127.0.0.1:${await listen(server as never)}` }, how);

  const texts = await Promise.all([1, 2, 3].map(() => client.get('').text()));

  if (how.proxy === undefined || texts[0] === 'ok') expect(sockets.size).toBe(1);
  expect(new Set(texts).size).toBe(1);
});

test('https goes through a proxy in a tunnel, with the credentials of its URL', async () => {
  const { port, requests } = await startProxy();
  const target = `127.0.0.1:${await listenTls()}`;
  const how = { proxy: `http://user:secret@127.0.0.1:${port}`, tls: { ca: serverCertificate.cert } };

  const body = await undiciClient({ baseUrl: `https://${target}` }, how)
    .get('')
    .json();

  expect(body).toMatchObject({ peer: 'none' });
  expect(requests).toEqual([`CONNECT ${target} Basic ${btoa('user:secret')}`]);
});

test('http is forwarded by the proxy', async () => {
  const { port, requests } = await startProxy();
  const options = { baseUrl: 'http://orders.test', insecureHttp: true };

  const client = undiciClient(options, { proxy: new URL(`http://127.0.0.1:${port}`) });

  expect(await client.get('v1').text()).toBe('by the proxy');
  expect(requests).toEqual(['GET http://orders.test/v1 undefined']);
});

test("proxy: 'env' uses HTTP_PROXY, except for hosts in NO_PROXY", async () => {
  const { port, requests } = await startProxy();
  stubEnvironment({ proxy: `http://127.0.0.1:${port}`, direct: 'direct.test' });

  const client = undiciClient({ baseUrl: 'http://orders.test', insecureHttp: true, retry: 0 }, { proxy: 'env' });

  expect(await client.get('').text()).toBe('by the proxy');
  expect(await caught(() => client.fetch('http://direct.test'))).toMatchObject({ reason: 'ENOTFOUND' });
  expect(requests).toHaveLength(1);
});

test.each(['http', 'https'])('a proxy with TLS gets its own client certificate (%s)', async (scheme) => {
  const mine = await createCertificate(['proxy-user.test']);
  const tls = { requestCert: true, rejectUnauthorized: true, ca: mine.cert };
  const { port, peers } = await startProxy({ tls });
  const target = scheme === 'https' ? `https://127.0.0.1:${await listenTls()}` : 'http://orders.test';
  const how = {
    proxy: `https://localhost:${port}`,
    proxyTls: { ca: serverCertificate.cert, ...mine },
    tls: { ca: serverCertificate.cert },
  };

  const client = undiciClient({ baseUrl: target, insecureHttp: true, retry: 0 }, how);

  expect((await client.fetch('/')).status).toBe(200);
  expect(peers).toEqual(['proxy-user.test']);
});

interface Failing {
  readonly proxy: () => Promise<string>;
  readonly error: object;
}

const refusing = { code: 'TRANSPORT', reason: 'REFUSED', retryable: false };

const failures: readonly (readonly [string, Failing])[] = [
  [
    'cannot be reached',
    { proxy: async () => 'http://user:secret@127.0.0.1:1', error: { code: 'TRANSPORT', reason: 'ECONNREFUSED' } },
  ],
  [
    'is not trusted',
    {
      proxy: async () => `https://user:secret@localhost:${(await startProxy({ tls: {} })).port}`,
      error: { code: 'TLS', reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    },
  ],
  [
    'has a certificate for another name',
    {
      proxy: async () => `https://user:secret@localhost:${(await startProxy({ tls: await otherName() })).port}`,
      error: { code: 'TLS', reason: expect.stringMatching(/ALTNAME|SELF_SIGNED/) as unknown },
    },
  ],
  [
    'requires other credentials',
    {
      proxy: async () =>
        `http://user:secret@127.0.0.1:${(await startProxy({ status: '407 Proxy Authentication Required' })).port}`,
      error: refusing,
    },
  ],
];

const otherName = () => createCertificate(['another.test']);

test.each(
  failures.flatMap(([what, failing]) =>
    ['http', 'https'].flatMap((scheme) =>
      ['url', 'env'].map((from) => [what, scheme, from, { ...failing, scheme, from }] as const),
    ),
  ),
)(
  'when a proxy %s, the error names it and not its credentials (%s, from %s)',
  async (...[, , , { proxy, scheme, from, error: expected }]) => {
    const url = await proxy();
    if (from === 'env') stubEnvironment({ proxy: url });
    const how = { proxy: from === 'env' ? 'env' : url };
    const client = undiciClient({ baseUrl: `${scheme}://orders.test`, insecureHttp: true, retry: 0 }, how);

    const error = await caught(() => client.get(''));

    const { protocol, host } = new URL(url);
    expect(error).toMatchObject({ ...expected, origin: `${scheme}://orders.test` });
    expect(error.message).toContain(`the proxy ${protocol}//${host}`);
    expect(JSON.stringify(error) + String(error.stack)).not.toContain('secret');
  },
);

test('when a proxy cannot connect to the host, the error has the status of the proxy', async () => {
  const { port } = await startProxy({ status: '502 Bad Gateway' });
  const how = { proxy: `http://127.0.0.1:${port}` };

  const error = await caught(() => undiciClient({ baseUrl: 'https://orders.test', retry: 0 }, how).get(''));

  expect(error).toMatchObject({ code: 'TRANSPORT', reason: 'PROXY_STATUS', retryable: true });
  expect(error.message).toContain(`the proxy http://127.0.0.1:${port} failed: it answered 502`);
});

test('a proxy that closes the connection at CONNECT is named', async () => {
  const server = createServer((socket) => socket.on('data', () => socket.destroy()));
  const port = await listen(server as never);
  const how = { proxy: `http://127.0.0.1:${port}` };

  const error = await caught(() => undiciClient({ baseUrl: 'https://orders.test', retry: 0 }, how).get(''));

  expect(error).toMatchObject({ code: 'TRANSPORT', reason: 'UND_ERR_SOCKET' });
  expect(error.message).toContain(`the proxy http://127.0.0.1:${port}`);
});

test('a SOCKS proxy that cannot be reached is named', async () => {
  const how = { proxy: 'socks5://127.0.0.1:1' };

  const error = await caught(() => undiciClient({ baseUrl: 'https://orders.test', retry: 0 }, how).get(''));

  expect(error).toMatchObject({ code: 'TRANSPORT', reason: 'ECONNREFUSED' });
  expect(error.message).toContain('the proxy socks5://127.0.0.1:1');
});

import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createCertificate } from '../../../../testing/src/server/certificate.ts';
import type { Certificate } from '../../../../testing/src/server/certificate.ts';
import { proxyPassword, startPrivateNetwork } from '../../../../../test/fixtures/private-network.ts';
import type { PrivateNetwork } from '../../../../../test/fixtures/private-network.ts';
import { run } from '../../../src/program.ts';
import { configFolder } from '../../fixtures/config-folder.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';

interface Setup {
  readonly name: string;
  readonly failing: string | undefined;
  /** Part of the remedy of the failing check. */
  readonly remedy?: string;
  readonly requiresCertificate?: boolean;
  readonly network?: (place: PrivateNetwork) => object | Promise<object>;
  readonly env?: () => Readonly<Record<string, string>>;
}

const proxy = ({ proxyOrigin }: PrivateNetwork, password = 'env:PROXY_PASSWORD') => ({
  proxy: proxyOrigin,
  proxyUser: 'worker',
  proxyPasswordRef: password,
  caFile: 'ca.pem',
});
/** A proxy that answers each tunnel with this; with a certificate it speaks TLS. */
async function startProxy(answer: string, certificate?: Certificate): Promise<string> {
  const listener = (socket: Socket): void => {
    socket.on('error', () => {}).once('data', () => void socket.end(answer));
  };
  const server = certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener);
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

const closedProxy = 'http://worker:planted@127.0.0.1:1';

const setups: readonly Setup[] = [
  { name: 'proxy', failing: undefined, network: (place) => proxy(place) },
  { name: 'proxy-unreachable', failing: 'proxy TCP', env: () => ({ HTTPS_PROXY: closedProxy }) },
  { name: 'proxy-of-config-unreachable', failing: 'proxy TCP', network: () => ({ proxy: 'http://127.0.0.1:1' }) },
  { name: 'proxy-refuses-password', failing: 'server', network: (place) => proxy(place, 'env:OLD_PASSWORD') },
  {
    name: 'proxy-variable-ignored',
    failing: 'DNS',
    network: () => ({}),
    env: () => ({ HTTPS_PROXY: closedProxy, NODE_USE_ENV_PROXY: '1' }),
  },
  {
    name: 'proxy-speaks-tls',
    failing: 'server',
    remedy: 'Set the scheme of network.proxy to https',
    network: async () => ({ proxy: `http://${await startProxy('', await createCertificate())}` }),
  },
  {
    name: 'proxy-speaks-no-tls',
    failing: 'server',
    remedy: 'Set the scheme of network.proxy to http',
    network: async () => ({ proxy: `https://${await startProxy('HTTP/1.1 400 Bad Request\r\n\r\n')}` }),
  },
  {
    name: 'proxy-untrusted',
    failing: 'server',
    remedy: 'Set caFile in network to the authority of the proxy',
    network: async () => ({ proxy: `https://${await startProxy('', await createCertificate())}` }),
  },
  {
    name: 'proxy-forbids',
    failing: 'server',
    remedy: 'ask the operator of the proxy to allow id.private.test',
    network: async () => ({ proxy: `http://${await startProxy('HTTP/1.1 403 Forbidden\r\n\r\n')}` }),
  },
  {
    name: 'proxy-is-no-proxy',
    failing: 'server',
    remedy: 'or correct its port: it does not answer as a proxy',
    network: async () => ({ proxy: `http://${await startProxy('SSH-2.0-OpenSSH_9.6\r\n')}` }),
  },
  {
    name: 'client-certificate-missing',
    failing: 'server',
    requiresCertificate: true,
    network: (place) => proxy(place),
  },
  {
    name: 'client-certificate-ends-soon',
    failing: undefined,
    remedy: 'Renew the files of certFile and keyFile in network',
    requiresCertificate: true,
    network: (place) => ({ ...proxy(place), certFile: 'mine.crt', keyFile: 'mine.key' }),
  },
  {
    name: 'client-certificate-of-another-key',
    failing: 'certificate',
    remedy: 'Correct one of them: both must come from one request',
    requiresCertificate: true,
    network: (place) => ({ ...proxy(place), certFile: 'mine.crt', keyFile: 'old.key' }),
  },
  {
    name: 'client-certificate-expired',
    failing: 'certificate',
    requiresCertificate: true,
    network: (place) => ({ ...proxy(place), certFile: 'old.crt', keyFile: 'old.key' }),
  },
];

const old = await createCertificate(['billing.private.test'], Date.UTC(2026, 0, 1));

test.each(setups)('doctor tests the way that calls take: $name', async ({ name, failing, remedy = '', ...setup }) => {
  const {
    requiresCertificate = false,
    network = () => undefined,
    env = (): Readonly<Record<string, string>> => ({}),
  } = setup;
  await using place = await startPrivateNetwork({ requiresCertificate });
  const { issuerUrl, clientId, apiUrl } = place;
  const auth = { type: 'oauth2_client_credentials', issuerUrl, clientId, clientSecretRef: 'env:SECRET' };
  const clients = { orders: { baseUrl: apiUrl, auth } };
  const files = {
    'ca.pem': place.ca,
    'old.crt': old.cert,
    'old.key': old.key,
    'mine.crt': place.mine.cert,
    'mine.key': place.mine.key,
  };
  const settings = await network(place);
  using folder = configFolder(
    { network: settings, clients },
    Object.fromEntries(Object.entries(files).map(([file, text]) => [file, { text }])),
  );
  const variables = env();
  for (const variable of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY']) {
    vi.stubEnv(variable, variables[variable]);
  }
  onTestFinished(() => void vi.unstubAllEnvs());
  const secrets = { SECRET: place.clientSecret, PROXY_PASSWORD: proxyPassword, OLD_PASSWORD: `${proxyPassword}-old` };
  const terminal = fakeTerminal({ cwd: folder.path, env: { ...secrets, ...variables } });

  await run(['doctor'], terminal);

  const proxyPort =
    settings !== undefined && 'proxy' in settings ? /:\d+$/.exec(String(settings.proxy))?.[0] : undefined;
  const report = terminal.out().replaceAll(proxyPort === ':1' ? 'no port' : (proxyPort ?? 'no port'), ':3128');
  const shown = report
    .replace(/ \((?:ENOTFOUND|EAI_AGAIN)\)/g, ' (ENOTFOUND)')
    .replace(/, on 20[\d-]+/g, ', on 2026-11-07');
  expect(/(?<=^ {2}✗ )(?:proxy )?\S+/m.exec(shown)?.[0]).toBe(failing);
  expect(shown).toContain(remedy);
  expect(report).not.toContain('planted');
  if (failing !== 'DNS') await expect(shown).toMatchFileSnapshot(`../../golden/doctor-network-${name}.txt`);
  else expect(shown).toContain('HTTPS_PROXY is set, and network in the config has no proxy: it is ignored');
});

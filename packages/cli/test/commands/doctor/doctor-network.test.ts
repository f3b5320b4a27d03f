import { expect, onTestFinished, test, vi } from 'vitest';
import { createCertificate } from '../../../../testing/src/server/certificate.ts';
import { proxyPassword, startPrivateNetwork } from '../../../../../test/fixtures/private-network.ts';
import type { PrivateNetwork } from '../../../../../test/fixtures/private-network.ts';
import { run } from '../../../src/program.ts';
import { configFolder } from '../../fixtures/config-folder.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';

interface Setup {
  readonly name: string;
  readonly failing: string | undefined;
  readonly requiresCertificate?: boolean;
  readonly network?: (place: PrivateNetwork) => object;
  readonly env?: () => Readonly<Record<string, string>>;
}

const proxy = ({ proxyOrigin }: PrivateNetwork, password = 'env:PROXY_PASSWORD') => ({
  proxy: proxyOrigin,
  proxyUser: 'worker',
  proxyPasswordRef: password,
  caFile: 'ca.pem',
});
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
    name: 'client-certificate-missing',
    failing: 'server',
    requiresCertificate: true,
    network: (place) => proxy(place),
  },
  {
    name: 'client-certificate-expired',
    failing: 'certificate',
    requiresCertificate: true,
    network: (place) => ({ ...proxy(place), certFile: 'old.crt', keyFile: 'old.key' }),
  },
];

const old = await createCertificate(['billing.private.test'], Date.UTC(2026, 0, 1));

test.each(setups)('doctor tests the way that calls take: $name', async ({ name, failing, ...setup }) => {
  const {
    requiresCertificate = false,
    network = () => undefined,
    env = (): Readonly<Record<string, string>> => ({}),
  } = setup;
  await using place = await startPrivateNetwork({ requiresCertificate });
  const { issuerUrl, clientId, apiUrl } = place;
  const auth = { type: 'oauth2_client_credentials', issuerUrl, clientId, clientSecretRef: 'env:SECRET' };
  const clients = { orders: { baseUrl: apiUrl, auth } };
  const files = { 'ca.pem': place.ca, 'old.crt': old.cert, 'old.key': old.key };
  using folder = configFolder(
    { network: network(place), clients },
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

  const report = terminal.out().replaceAll(`:${new URL(place.proxyOrigin).port}`, ':3128');
  const shown = report.replace(/ \((?:ENOTFOUND|EAI_AGAIN)\)/g, ' (ENOTFOUND)');
  expect(/(?<=^ {2}✗ )(?:proxy )?\S+/m.exec(shown)?.[0]).toBe(failing);
  expect(report).not.toContain('planted');
  if (failing !== 'DNS') await expect(shown).toMatchFileSnapshot(`../../golden/doctor-network-${name}.txt`);
  else expect(shown).toContain('HTTPS_PROXY is set, and network in the config has no proxy: it is ignored');
});

import { expect, onTestFinished, test, vi } from 'vitest';
import { proxyPassword, startPrivateNetwork } from '../../../test/fixtures/private-network.ts';
import type { PrivateNetwork } from '../../../test/fixtures/private-network.ts';
import { run } from '../src/program.ts';
import { configFolder } from './fixtures/config-folder.ts';
import { fakeTerminal } from './fixtures/fake-terminal.ts';

/** Runs a command line with a config for the private network, and shows its outputs. */
async function runCommand(
  place: PrivateNetwork,
  args: readonly string[],
  { network, env = {} }: { readonly network?: object; readonly env?: Record<string, string> },
) {
  const { issuerUrl, clientId, apiUrl } = place;
  const auth = { type: 'oauth2_client_credentials', issuerUrl, clientId, clientSecretRef: 'env:SECRET' };
  const files = { 'ca.pem': place.ca, 'tls.crt': place.mine.cert, 'tls.key': place.mine.key };
  using folder = configFolder(
    { ...(network && { network }), clients: { orders: { baseUrl: apiUrl, auth } } },
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, { text }])),
  );
  const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'];
  for (const name of names) vi.stubEnv(name, env[name]);
  onTestFinished(() => void vi.unstubAllEnvs());
  const secrets = { SECRET: place.clientSecret, PROXY_PASSWORD: proxyPassword };
  const terminal = fakeTerminal({ cwd: folder.path, env: { ...secrets, ...env } });
  const exitCode = await run(args, terminal);
  expect(terminal.out() + terminal.err()).not.toContain(proxyPassword);
  const port = new URL(place.proxyOrigin).port;
  return { exitCode, out: terminal.out().replaceAll(port, '3128'), err: terminal.err().replaceAll(port, '3128') };
}

const whole = (place: PrivateNetwork): object => ({
  proxy: place.proxyOrigin,
  proxyUser: 'worker',
  proxyPasswordRef: 'env:PROXY_PASSWORD',
  caFile: 'ca.pem',
  certFile: 'tls.crt',
  keyFile: 'tls.key',
});

test.each([
  ['call', ['call', 'orders', '/']],
  ['call --debug -v', ['call', 'orders', '/', '--debug', '-v']],
  ['auth token', ['auth', 'token', 'orders']],
  ['auth status', ['auth', 'status']],
  ['doctor', ['doctor']],
])('the network of the config is used by %s', async (_, args) => {
  await using place = await startPrivateNetwork({ requiresCertificate: true });

  const { exitCode, err } = await runCommand(place, args, { network: whole(place) });

  expect({ exitCode, err: args.includes('--debug') ? '' : err }).toEqual({ exitCode: 0, err: '' });
  expect(place.tunnels).toContain('id.private.test:443');
});

test('proxy: env uses HTTPS_PROXY for the call and for its token', async () => {
  await using place = await startPrivateNetwork();

  const network = { proxy: 'env', caFile: 'ca.pem' };
  const { exitCode } = await runCommand(place, ['call', 'orders', '/'], {
    network,
    env: { HTTPS_PROXY: place.proxyUrl },
  });

  expect(exitCode).toBe(0);
  expect(place.tunnels).toEqual(expect.arrayContaining(['id.private.test:443', 'orders.private.test:443']));
});

test('without a network in the config, the command uses HTTPS_PROXY', async () => {
  await using place = await startPrivateNetwork();

  const { exitCode, err } = await runCommand(place, ['auth', 'token', 'orders'], {
    env: { HTTPS_PROXY: place.proxyUrl },
  });

  expect(place.tunnels).toContain('id.private.test:443');
  expect(exitCode).not.toBe(0);
  expect(err).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
});

test('network: {} in the config means no proxy', async () => {
  await using place = await startPrivateNetwork();

  await runCommand(place, ['doctor'], { network: {}, env: { HTTPS_PROXY: place.proxyUrl } });

  expect(place.tunnels).toEqual([]);
});

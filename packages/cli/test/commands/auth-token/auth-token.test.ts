import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { run } from '../../../src/program.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';
import { startRealServers } from '../../fixtures/real-servers.ts';

const staticClients = ({ apiUrl }: { apiUrl: string }): string => `clients:
  fixed: { baseUrl: ${apiUrl}, auth: { type: bearer, tokenRef: env:KEY } }
  person: { baseUrl: ${apiUrl}, auth: { type: basic, username: me, passwordRef: env:KEY } }
  stock: { baseUrl: ${apiUrl}, auth: { type: api_key, keyRef: env:KEY } }
  open: { baseUrl: ${apiUrl}, auth: { type: none } }
`;

test('prints only the token and a line break into a pipe', async () => {
  await using servers = await startRealServers();
  const terminal = fakeTerminal({ cwd: servers.folder, env: servers.env });

  const code = await run(['auth', 'token', 'orders'], terminal);

  expect(code).toBe(0);
  expect(terminal.out()).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
  expect(terminal.err()).toBe('');
});

test('prints on a terminal only with --reveal, and requests no token without it', async () => {
  await using servers = await startRealServers();
  const refused = fakeTerminal({ cwd: servers.folder, env: servers.env, tty: ['stdout'] });
  const revealed = fakeTerminal({ cwd: servers.folder, env: servers.env, tty: ['stdout'] });

  expect(await run(['auth', 'token', 'orders'], refused)).toBe(2);
  expect(servers.provider.tokenRequests).toBe(0);
  expect(await run(['auth', 'token', 'orders', '--reveal'], revealed)).toBe(0);

  expect(refused.out()).toBe('');
  expect(refused.err()).toContain('pass --reveal');
  expect(revealed.out()).toMatch(/^eyJ/);
});

test.each(['fixed', 'person', 'stock'])('prints a static secret: %s', async (client) => {
  await using servers = await startRealServers({ config: staticClients });
  const terminal = fakeTerminal({ cwd: servers.folder, env: { KEY: 'a-static-key' } });

  const code = await run(['auth', 'token', client], terminal);

  expect({ code, out: terminal.out() }).toEqual({ code: 0, out: 'a-static-key\n' });
});

test('a client without a credential is a usage error', async () => {
  await using servers = await startRealServers({ config: staticClients });
  const terminal = fakeTerminal({ cwd: servers.folder, env: { KEY: 'a-static-key' } });

  const code = await run(['auth', 'token', 'open'], terminal);

  expect({ code, err: terminal.err() }).toEqual({
    code: 2,
    err: 'bearings: open has no credential (auth.type: none)\n',
  });
});

test('exits with 3 when the authorization server is down', async () => {
  await using servers = await startRealServers();
  await servers.provider.close();
  const terminal = fakeTerminal({ cwd: servers.folder, env: servers.env, fetch: unreachable });

  const code = await run(['auth', 'token', 'orders'], terminal);

  expect({ code, out: terminal.out() }).toEqual({ code: 3, out: '' });
  expect(terminal.err()).toMatch(/^bearings: .+\(TOKEN_UNAVAILABLE\)\n {2}bearings doctor orders tells more\n$/);
});

const unreachable: typeof fetch = () =>
  Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ENOTFOUND' } }));

test('--json has the token, its end and its scopes', async () => {
  await using servers = await startRealServers();
  const terminal = fakeTerminal({ cwd: servers.folder, env: servers.env });

  const code = await run(['auth', 'token', 'orders', '--json'], terminal);

  const printed = JSON.parse(terminal.out());
  expect(code).toBe(0);
  expect(printed).toEqual({
    client: 'orders',
    token: expect.stringMatching(/^eyJ/),
    expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
    scopes: ['orders.read'],
  });
  const { exp = 0 } = decodeJwt(printed.token);
  expect(Math.abs(Date.parse(printed.expiresAt) / 1000 - exp)).toBeLessThan(5);
});

test('--json of a static secret has no end', async () => {
  await using servers = await startRealServers({ config: staticClients });
  const terminal = fakeTerminal({ cwd: servers.folder, env: { KEY: 'a-static-key' } });

  await run(['auth', 'token', 'stock', '--json'], terminal);

  expect(JSON.parse(terminal.out())).toEqual({ client: 'stock', token: 'a-static-key', expiresAt: null, scopes: [] });
});

test.each([
  ['without kubectl', {}, 'client.authentication.k8s.io/v1'],
  ['for v1', { apiVersion: 'client.authentication.k8s.io/v1', spec: { interactive: false } }, undefined],
  ['for v1beta1', { apiVersion: 'client.authentication.k8s.io/v1beta1', spec: {} }, undefined],
])('--exec-credential is what kubectl reads, %s', async (_, info, version) => {
  await using servers = await startRealServers();
  const asked = version === undefined ? { KUBERNETES_EXEC_INFO: JSON.stringify(info) } : {};
  const terminal = fakeTerminal({ cwd: servers.folder, env: { ...servers.env, ...asked } });

  const code = await run(['auth', 'token', 'orders', '--exec-credential'], terminal);

  expect(code).toBe(0);
  expect(JSON.parse(terminal.out())).toEqual({
    apiVersion: version ?? Reflect.get(info, 'apiVersion'),
    kind: 'ExecCredential',
    status: {
      token: expect.stringMatching(/^eyJ/),
      expirationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    },
  });
});

test.each(['{"apiVersion":"client.authentication.k8s.io/v2"}', 'no JSON'])(
  'a request of kubectl that is not known is a usage error: %s',
  async (info) => {
    await using servers = await startRealServers();
    const terminal = fakeTerminal({ cwd: servers.folder, env: { ...servers.env, KUBERNETES_EXEC_INFO: info } });

    expect(await run(['auth', 'token', 'orders', '--exec-credential'], terminal)).toBe(2);
    expect(terminal.out()).toBe('');
    expect(terminal.err()).toContain('set apiVersion of exec in the kubeconfig');
  },
);

test('--json and --exec-credential exclude each other, and both need --reveal on a terminal', async () => {
  await using servers = await startRealServers();
  const both = fakeTerminal({ cwd: servers.folder, env: servers.env });
  const shown = fakeTerminal({ cwd: servers.folder, env: servers.env, tty: ['stdout'] });

  expect(await run(['auth', 'token', 'orders', '--json', '--exec-credential'], both)).toBe(2);
  expect(await run(['auth', 'token', 'orders', '--json'], shown)).toBe(2);
  expect([both.out(), shown.out()]).toEqual(['', '']);
});

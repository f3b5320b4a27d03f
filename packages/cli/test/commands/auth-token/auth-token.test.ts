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
  expect(terminal.err()).toMatch(/^bearings: .+\(TOKEN_UNAVAILABLE\)\n$/);
});

const unreachable: typeof fetch = () =>
  Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ENOTFOUND' } }));

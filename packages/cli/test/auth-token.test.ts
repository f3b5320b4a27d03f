import { expect, test } from 'vitest';
import { run } from '../src/program.ts';
import { fakeTerminal } from './fixtures/fake-terminal.ts';
import { openWorkplace } from './fixtures/workplace.ts';

const staticClients = ({ apiUrl }: { apiUrl: string }): string => `clients:
  fixed: { baseUrl: ${apiUrl}, auth: { type: bearer, tokenRef: env:KEY } }
  person: { baseUrl: ${apiUrl}, auth: { type: basic, username: me, passwordRef: env:KEY } }
  stock: { baseUrl: ${apiUrl}, auth: { type: api_key, keyRef: env:KEY } }
  open: { baseUrl: ${apiUrl}, auth: { type: none } }
`;

test('into a pipe goes the token and a line break, and nothing else anywhere', async () => {
  await using place = await openWorkplace();
  const terminal = fakeTerminal({ cwd: place.folder, env: place.env });

  const code = await run(['auth', 'token', 'orders'], terminal);

  expect(code).toBe(0);
  expect(terminal.out()).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
  expect(terminal.err()).toBe('');
});

test('on a screen it takes --reveal; without it nothing is asked for', async () => {
  await using place = await openWorkplace();
  const refused = fakeTerminal({ cwd: place.folder, env: place.env, tty: ['stdout'] });
  const revealed = fakeTerminal({ cwd: place.folder, env: place.env, tty: ['stdout'] });

  expect(await run(['auth', 'token', 'orders'], refused)).toBe(2);
  expect(place.provider.tokenRequests).toBe(0);
  expect(await run(['auth', 'token', 'orders', '--reveal'], revealed)).toBe(0);

  expect(refused.out()).toBe('');
  expect(refused.err()).toContain('say --reveal');
  expect(revealed.out()).toMatch(/^eyJ/);
});

test.each(['fixed', 'person', 'stock'])('a static secret is printed as well: %s', async (client) => {
  await using place = await openWorkplace({ config: staticClients });
  const terminal = fakeTerminal({ cwd: place.folder, env: { KEY: 'a-static-key' } });

  const code = await run(['auth', 'token', client], terminal);

  expect({ code, out: terminal.out() }).toEqual({ code: 0, out: 'a-static-key\n' });
});

test('a client without a credential has no token, and says so', async () => {
  await using place = await openWorkplace({ config: staticClients });
  const terminal = fakeTerminal({ cwd: place.folder, env: { KEY: 'a-static-key' } });

  const code = await run(['auth', 'token', 'open'], terminal);

  expect({ code, err: terminal.err() }).toEqual({
    code: 2,
    err: 'bearings: open has no credential (auth.type: none)\n',
  });
});

test('a server that is down makes exit code 3', async () => {
  await using place = await openWorkplace();
  await place.provider.close();
  const terminal = fakeTerminal({ cwd: place.folder, env: place.env, fetch: unreachable });

  const code = await run(['auth', 'token', 'orders'], terminal);

  expect({ code, out: terminal.out() }).toEqual({ code: 3, out: '' });
  expect(terminal.err()).toMatch(/^bearings: .+\(UNAVAILABLE\)\n$/);
});

const unreachable: typeof fetch = () =>
  Promise.reject(Object.assign(new TypeError('fetch failed'), { cause: { code: 'ENOTFOUND' } }));

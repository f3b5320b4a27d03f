import { faults } from '@bearings/testing';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { authStatus } from '../../../src/commands/auth-status/auth-status.ts';
import { plantedSecret } from '../../fixtures/identity-provider.ts';
import { createFakeServers, oauth2Auth } from '../../fixtures/fake-servers.ts';
import { until } from '../../fixtures/until.ts';

const baseUrl = 'https://orders.internal';

test('the table shows each credential once, with its clients, lifetime, scopes and failure', async () => {
  using servers = createFakeServers({
    orders: { baseUrl, auth: oauth2Auth() },
    stock: { baseUrl, auth: oauth2Auth() },
    admin: { baseUrl, auth: oauth2Auth({ scopes: ['orders.read', 'orders.admin'] }) },
    invoices: { baseUrl, auth: oauth2Auth({ clientSecretRef: 'env:OLD_SECRET' }) },
    parcels: { baseUrl, auth: { type: 'api_key', keyRef: 'env:STOCK_KEY' } },
    public: { baseUrl, auth: { type: 'none' } },
  });
  servers.issuer.inject(faults.member('scope', 'orders.read'));
  const terminal = servers.terminal({ tty: ['stdout'], columns: 120, env: { NO_COLOR: '1' } });

  const exitCode = await authStatus(terminal, {});

  expect(exitCode).toBe(3); // invoices has no token
  await expect(terminal.out()).toMatchFileSnapshot('../../golden/auth-status.txt');
});

test('sends one token request per credential, even when several clients use it', async () => {
  using servers = createFakeServers({
    orders: { baseUrl, auth: oauth2Auth() },
    stock: { baseUrl, auth: oauth2Auth() },
  });

  const exitCode = await authStatus(servers.terminal(), {});

  expect(exitCode).toBe(0);
  expect(servers.issuer.counts).toMatchObject({ metadata: 1, token: 1 });
});

test('shows only the named clients', async () => {
  using servers = createFakeServers({
    orders: { baseUrl, auth: oauth2Auth() },
    invoices: { baseUrl, auth: oauth2Auth({ clientSecretRef: 'env:OLD_SECRET' }) },
  });
  const terminal = servers.terminal();

  const exitCode = await authStatus(terminal, { clients: ['orders'] });

  expect(exitCode).toBe(0);
  expect(terminal.out()).not.toContain('invoices');
  expect(servers.issuer.counts.token).toBe(1);
});

test('an unknown client name is an error that suggests the closest name', async () => {
  using servers = createFakeServers();

  await expect(authStatus(servers.terminal(), { clients: ['order'] })).rejects.toThrow(/did you mean orders\?/i);

  expect(servers.issuer.requests).toEqual([]);
});

test('waits ten seconds in total for servers that do not answer, and shows the other credentials', async () => {
  using servers = createFakeServers({
    first: { baseUrl, auth: oauth2Auth({ scopes: ['first'] }) },
    second: { baseUrl, auth: oauth2Auth({ scopes: ['second'] }) },
    orders: { baseUrl, auth: oauth2Auth() },
  });
  servers.issuer.inject(faults.hang(), { times: 2, on: 'token' });
  const terminal = servers.terminal();

  const shown = authStatus(terminal, { clients: ['first', 'second', 'orders'] });
  await until(() => servers.issuer.counts.token === 3);
  await servers.clock.advance(9_999);
  const printedEarly = terminal.out();
  await servers.clock.advance(1);

  expect(await shown).toBe(3);
  expect(printedEarly).toBe('');
  expect(terminal.out().match(/no answer within 10 s/g)).toHaveLength(2);
  expect(terminal.out()).toContain('✓ fresh');
});

test('--json prints the documented fields', async () => {
  using servers = createFakeServers({
    orders: { baseUrl, auth: oauth2Auth({ scopes: ['orders.read', 'orders.admin'] }) },
    invoices: { baseUrl, auth: oauth2Auth({ clientSecretRef: 'env:OLD_SECRET' }) },
    parcels: { baseUrl, auth: { type: 'api_key', keyRef: 'env:STOCK_KEY' } },
  });
  servers.issuer.inject(faults.member('scope', 'orders.read stock.read'));
  const terminal = servers.terminal();

  await authStatus(terminal, { json: true });

  const { credentials } = JSON.parse(terminal.out());
  const now = servers.clock.now();
  const at = (ms: number) => new Date(now + ms).toISOString();
  expect(credentials).toEqual([
    {
      clients: ['orders'],
      type: 'oauth2_client_credentials',
      from: 'https://id.internal',
      clientId: 'billing',
      state: 'fresh',
      lifetimeMs: 3_600_000,
      expiresAt: at(3_600_000),
      renewsAt: at(1_800_000 - 150_000),
      scopes: {
        requested: ['orders.read', 'orders.admin'],
        granted: ['orders.read', 'stock.read'],
        missing: ['orders.admin'],
        extra: ['stock.read'],
      },
      error: null,
    },
    {
      clients: ['invoices'],
      type: 'oauth2_client_credentials',
      from: 'https://id.internal',
      clientId: 'billing',
      state: 'none',
      lifetimeMs: null,
      expiresAt: null,
      renewsAt: null,
      scopes: { requested: ['orders.read'], granted: [], missing: [], extra: [] },
      error: {
        code: 'TOKEN_HTTP',
        message: expect.stringContaining('the token endpoint answered 401: invalid_client'),
        remedy: expect.stringContaining('behind its reference'),
        retryAt: at(300_000),
      },
    },
    {
      clients: ['parcels'],
      type: 'api_key',
      from: 'env:STOCK_KEY',
      clientId: null,
      state: 'static',
      lifetimeMs: null,
      expiresAt: null,
      renewsAt: null,
      scopes: { requested: [], granted: [], missing: [], extra: [] },
      error: null,
    },
  ]);
});

test('control characters and line breaks from a server are escaped', async () => {
  using servers = createFakeServers();
  servers.issuer.inject(faults.member('scope', 'orders.read \u001b[2Jgone \u202enext'));
  const terminal = servers.terminal({ tty: ['stdout'], columns: 120, env: { NO_COLOR: '1' } });

  await authStatus(terminal, {});

  expect(['\u001b', '\u202e'].filter((mark) => terminal.out().includes(mark))).toEqual([]);
  expect(terminal.out()).toContain('+\\u{202e}next');
});

test('a discovery failure is not reported as a failure of the token endpoint', async () => {
  using servers = createFakeServers({
    orders: { baseUrl, auth: oauth2Auth({ issuerUrl: 'https://id.internal/realms/pord' }) },
  });
  const terminal = servers.terminal();

  await authStatus(terminal, {});

  expect(terminal.out()).toContain('realms/pord');
  expect(terminal.out()).toContain('Check issuerUrl');
  expect(terminal.out()).not.toContain('token endpoint');
});

test('--watch in a pipe prints one line per change', async () => {
  using servers = createFakeServers();
  const terminal = servers.terminal();

  const watched = authStatus(terminal, { watch: true });
  await until(() => terminal.out() !== '');
  await servers.clock.advance(60_000);
  const first = terminal.out();
  await servers.clock.advance(1_800_000);
  servers.issuer.inject(faults.status(503));
  await servers.clock.advance(1_800_000);
  terminal.interrupt();

  expect(await watched).toBe(0);
  expect(first.split('\n')).toHaveLength(2);
  const lines = terminal.out().trimEnd().split('\n');
  expect(lines[0]).toMatch(
    /Z {2}orders {2}✓ fresh {2}1 h, until 13:00:00 {2}12:27:30, in 27 min 30 s {2}orders\.read$/,
  );
  expect(lines[1]).toMatch(/ {2}✓ fresh {2}1 h, until 13:27:30 /);
  expect(lines[2]).toMatch(/✗ the token endpoint answered 503; next try at 12:5.:\d\d → /);
});

test('--watch --json prints one line of JSON per change', async () => {
  using servers = createFakeServers();
  const terminal = servers.terminal();

  const watched = authStatus(terminal, { watch: true, json: true });
  await until(() => terminal.out() !== '');
  await servers.clock.advance(1_800_000);
  terminal.interrupt();

  expect(await watched).toBe(0);
  const lines = terminal
    .out()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map(({ at, state, clients }) => ({ at, state, clients }))).toEqual([
    { at: new Date(2026, 10, 6, 12).toISOString(), state: 'fresh', clients: ['orders'] },
    { at: new Date(2026, 10, 6, 12, 27, 30).toISOString(), state: 'fresh', clients: ['orders'] },
  ]);
});

test('--watch on a terminal redraws the table every second', async () => {
  using servers = createFakeServers();
  const terminal = servers.terminal({ tty: ['stdout'], columns: 120, env: { NO_COLOR: '1' } });

  const watched = authStatus(terminal, { watch: true });
  await until(() => terminal.out() !== '');
  await servers.clock.advance(2_000);
  terminal.interrupt();

  expect(await watched).toBe(0);
  const tables = terminal.out().split('\u001b[2A\u001b[0J'); // two lines up: the titles and the row
  expect(tables).toHaveLength(3);
  expect(tables.map((table) => /in (.+?) {2}/.exec(table)?.[1])).toEqual(['27 min 30 s', '27 min 29 s', '27 min 28 s']);
});

test('--watch acquires a missing token when the server recovers', async () => {
  using servers = createFakeServers();
  servers.issuer.inject(faults.status(503));
  const terminal = servers.terminal();

  const watched = authStatus(terminal, { watch: true });
  await until(() => servers.issuer.counts.token === 1);
  await servers.clock.advance(15_000);
  servers.issuer.clearFaults();
  await servers.clock.advance(15_000);
  terminal.interrupt();

  expect(await watched).toBe(0);
  const lines = terminal.out().trimEnd().split('\n');
  expect(lines[0]).toContain('✗ none');
  expect(lines.at(-1)).toContain('✓ fresh');
  expect(lines.at(-1)).not.toContain('503');
});

test('ctrl-C ends it at once while a server does not answer', async () => {
  using servers = createFakeServers();
  servers.issuer.inject(faults.hang());
  const terminal = servers.terminal();

  const shown = authStatus(terminal, {});
  await until(() => servers.issuer.counts.token === 1);
  terminal.interrupt();

  await expect(shown).rejects.toMatchObject({ name: 'AbortError' });
  expect(terminal.out()).toBe('');
});

test.each([{}, { json: true }, { watch: true }, { watch: true, json: true }])(
  'prints no secret and no token: %j',
  async (options) => {
    using servers = createFakeServers({
      orders: { baseUrl, auth: oauth2Auth() },
      parcels: { baseUrl, auth: { type: 'api_key', keyRef: 'env:STOCK_KEY' } },
      invoices: { baseUrl, auth: oauth2Auth({ clientSecretRef: 'env:OLD_SECRET' }) },
    });
    const terminal = servers.terminal({ tty: ['stdout'] });

    const shown = authStatus(terminal, options);
    await until(() => terminal.out() !== '');
    await servers.clock.advance(5_000);
    terminal.interrupt();
    await shown;

    const printed = stripVTControlCharacters(terminal.out() + terminal.err());
    expect(printed).toContain('orders');
    expect(printed).not.toMatch(/planted|eyJ/);
    expect(printed).not.toContain(plantedSecret);
  },
);

import { faults } from '@bearings/testing';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { authStatus } from '../src/commands/auth-status/auth-status.ts';
import { plantedSecret } from './fixtures/identity-provider.ts';
import { town, townAuth } from './fixtures/town.ts';
import { until } from './fixtures/until.ts';

const baseUrl = 'https://orders.internal';

test('credentials as a table: each once, with its clients, its life, its scopes, and what is wrong with it', async () => {
  using place = town({
    orders: { baseUrl, auth: townAuth() },
    stock: { baseUrl, auth: townAuth() },
    admin: { baseUrl, auth: townAuth({ scopes: ['orders.read', 'orders.admin'] }) },
    invoices: { baseUrl, auth: townAuth({ clientSecretRef: 'env:OLD_SECRET' }) },
    parcels: { baseUrl, auth: { type: 'api_key', keyRef: 'env:STOCK_KEY' } },
    public: { baseUrl, auth: { type: 'none' } },
  });
  place.issuer.inject(faults.member('scope', 'orders.read'));
  const terminal = place.terminal({ tty: ['stdout'], columns: 120, env: { NO_COLOR: '1' } });

  const exitCode = await authStatus(terminal, {});

  expect(exitCode).toBe(3); // invoices has no token
  await expect(terminal.out()).toMatchFileSnapshot('golden/auth-status.txt');
});

test('one token request for each credential, however many clients use it', async () => {
  using place = town({ orders: { baseUrl, auth: townAuth() }, stock: { baseUrl, auth: townAuth() } });

  const exitCode = await authStatus(place.terminal(), {});

  expect(exitCode).toBe(0);
  expect(place.issuer.counts).toMatchObject({ metadata: 1, token: 1 });
});

test('only the clients that are named are looked at', async () => {
  using place = town({
    orders: { baseUrl, auth: townAuth() },
    invoices: { baseUrl, auth: townAuth({ clientSecretRef: 'env:OLD_SECRET' }) },
  });
  const terminal = place.terminal();

  const exitCode = await authStatus(terminal, { clients: ['orders'] });

  expect(exitCode).toBe(0);
  expect(terminal.out()).not.toContain('invoices');
  expect(place.issuer.counts.token).toBe(1);
});

test('a client that is not in the config is no table but a question', async () => {
  using place = town();

  await expect(authStatus(place.terminal(), { clients: ['order'] })).rejects.toThrow(/did you mean orders\?/i);

  expect(place.issuer.requests).toEqual([]);
});

test('servers that do not answer cost ten seconds together, and the others are shown', async () => {
  using place = town({
    first: { baseUrl, auth: townAuth({ scopes: ['first'] }) },
    second: { baseUrl, auth: townAuth({ scopes: ['second'] }) },
    orders: { baseUrl, auth: townAuth() },
  });
  place.issuer.inject(faults.hang(), { times: 2, on: 'token' });
  const terminal = place.terminal();

  const shown = authStatus(terminal, { clients: ['first', 'second', 'orders'] });
  await until(() => place.issuer.counts.token === 3);
  await place.clock.advance(9_999);
  const early = terminal.out();
  await place.clock.advance(1);

  expect(await shown).toBe(3);
  expect(early).toBe('');
  expect(terminal.out().match(/No answer within 10 s/g)).toHaveLength(2);
  expect(terminal.out()).toContain('✓ fresh');
});

test('JSON says the same, in a form that stays', async () => {
  using place = town({
    orders: { baseUrl, auth: townAuth({ scopes: ['orders.read', 'orders.admin'] }) },
    invoices: { baseUrl, auth: townAuth({ clientSecretRef: 'env:OLD_SECRET' }) },
    parcels: { baseUrl, auth: { type: 'api_key', keyRef: 'env:STOCK_KEY' } },
  });
  place.issuer.inject(faults.member('scope', 'orders.read stock.read'));
  const terminal = place.terminal();

  await authStatus(terminal, { json: true });

  const { credentials } = JSON.parse(terminal.out());
  const now = place.clock.now();
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
        code: 'HTTP',
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

test('what a server says cannot steer the terminal, nor break the table', async () => {
  using place = town();
  place.issuer.inject(faults.member('scope', 'orders.read \u001b[2Jgone \u202enext'));
  const terminal = place.terminal({ tty: ['stdout'], columns: 120, env: { NO_COLOR: '1' } });

  await authStatus(terminal, {});

  expect(['\u001b', '\u202e'].filter((mark) => terminal.out().includes(mark))).toEqual([]);
  expect(terminal.out()).toContain('+\\u{202e}next');
});

test('a discovery that failed is not told as a failure of the token endpoint', async () => {
  using place = town({ orders: { baseUrl, auth: townAuth({ issuerUrl: 'https://id.internal/realms/pord' }) } });
  const terminal = place.terminal();

  await authStatus(terminal, {});

  expect(terminal.out()).toContain('realms/pord');
  expect(terminal.out()).toContain('Look at issuerUrl');
  expect(terminal.out()).not.toContain('token endpoint');
});

test('watched in a pipe: a line when something changes, and none when nothing does', async () => {
  using place = town();
  const terminal = place.terminal();

  const watched = authStatus(terminal, { watch: true });
  await until(() => terminal.out() !== '');
  await place.clock.advance(60_000);
  const first = terminal.out();
  await place.clock.advance(1_800_000);
  place.issuer.inject(faults.status(503));
  await place.clock.advance(1_800_000);
  terminal.interrupt();

  expect(await watched).toBe(0);
  expect(first.split('\n')).toHaveLength(2);
  const lines = terminal.out().trimEnd().split('\n');
  expect(lines[0]).toMatch(/Z {2}orders {2}✓ fresh {2}1 h, to 13:00:00 {2}12:27:30, in 27 min 30 s {2}orders\.read$/);
  expect(lines[1]).toMatch(/ {2}✓ fresh {2}1 h, to 13:27:30 /);
  expect(lines[2]).toMatch(/✗ the token endpoint answered 503; tried again at 12:5.:\d\d → /);
});

test('watched as JSON: a line of JSON for each change', async () => {
  using place = town();
  const terminal = place.terminal();

  const watched = authStatus(terminal, { watch: true, json: true });
  await until(() => terminal.out() !== '');
  await place.clock.advance(1_800_000);
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

test('watched on a terminal: the table is drawn over itself each second, and counts down', async () => {
  using place = town();
  const terminal = place.terminal({ tty: ['stdout'], columns: 120, env: { NO_COLOR: '1' } });

  const watched = authStatus(terminal, { watch: true });
  await until(() => terminal.out() !== '');
  await place.clock.advance(2_000);
  terminal.interrupt();

  expect(await watched).toBe(0);
  const drawings = terminal.out().split('\u001b[2A\u001b[0J'); // two lines up: the heading and the row
  expect(drawings).toHaveLength(3);
  expect(drawings.map((drawing) => /in (.+?) {2}/.exec(drawing)?.[1])).toEqual([
    '27 min 30 s',
    '27 min 29 s',
    '27 min 28 s',
  ]);
});

test('watched, a credential without a token gets one as soon as its server is back', async () => {
  using place = town();
  place.issuer.inject(faults.status(503));
  const terminal = place.terminal();

  const watched = authStatus(terminal, { watch: true });
  await until(() => place.issuer.counts.token === 1);
  await place.clock.advance(15_000);
  place.issuer.clearFaults();
  await place.clock.advance(15_000);
  terminal.interrupt();

  expect(await watched).toBe(0);
  const lines = terminal.out().trimEnd().split('\n');
  expect(lines[0]).toContain('✗ none');
  expect(lines.at(-1)).toContain('✓ fresh');
  expect(lines.at(-1)).not.toContain('503');
});

test('interrupted while a server lets it wait, it ends at once', async () => {
  using place = town();
  place.issuer.inject(faults.hang());
  const terminal = place.terminal();

  const shown = authStatus(terminal, {});
  await until(() => place.issuer.counts.token === 1);
  terminal.interrupt();

  await expect(shown).rejects.toMatchObject({ name: 'AbortError' });
  expect(terminal.out()).toBe('');
});

test.each([{}, { json: true }, { watch: true }, { watch: true, json: true }])(
  'no secret and no token is in what it prints: %j',
  async (options) => {
    using place = town({
      orders: { baseUrl, auth: townAuth() },
      parcels: { baseUrl, auth: { type: 'api_key', keyRef: 'env:STOCK_KEY' } },
      invoices: { baseUrl, auth: townAuth({ clientSecretRef: 'env:OLD_SECRET' }) },
    });
    const terminal = place.terminal({ tty: ['stdout'] });

    const shown = authStatus(terminal, options);
    await until(() => terminal.out() !== '');
    await place.clock.advance(5_000);
    terminal.interrupt();
    await shown;

    const printed = stripVTControlCharacters(terminal.out() + terminal.err());
    expect(printed).toContain('orders');
    expect(printed).not.toMatch(/planted|eyJ/);
    expect(printed).not.toContain(plantedSecret);
  },
);

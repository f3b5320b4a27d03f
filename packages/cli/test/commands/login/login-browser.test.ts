import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { DatabaseSync } from 'node:sqlite';
import { faults } from '@bearings/testing';
import { expect, test } from 'vitest';
import { run } from '../../../src/program.ts';
import type { FakeTerminal } from '../../fixtures/fake-terminal.ts';
import { createLoginSetup, shown } from '../../fixtures/login-setup.ts';
import type { LoginSetup } from '../../fixtures/login-setup.ts';
import { sendRaw } from '../../fixtures/send-raw.ts';
import { until } from '../../fixtures/until.ts';

/** A login whose browser has consented, but has not come back yet. */
async function upToCallback(setup: LoginSetup, args: readonly string[] = []) {
  let callback = '';
  const openBrowser = async (url: string): Promise<void> => {
    callback = (await setup.browser.open(url, { stopBefore: 'http://127.0.0.1' })).redirect ?? '';
  };
  const terminal = setup.terminal({ openBrowser });
  const code = run(['login', 'orders', ...args], terminal);
  await until(() => callback !== '');
  return { terminal, code, callback };
}

/** How many rows the tables have. */
function countRows(setup: LoginSetup): Record<string, unknown> {
  const database = new DatabaseSync(join(setup.state, 'bearings', 'grants.db'), { readOnly: true });
  const query =
    'SELECT (SELECT count(*) FROM bearings_grants) AS grants, (SELECT count(*) FROM bearings_flows) AS flows';
  const counts = database.prepare(query).get();
  database.close();
  return { ...counts };
}

const isOpen = async (url: string): Promise<boolean> => {
  try {
    await sendRaw(url);
    return true;
  } catch {
    return false;
  }
};

/** The server closes the connection before it has read all of it. */
async function tooLong(url: string): Promise<number> {
  try {
    return (await sendRaw(url)).status;
  } catch {
    return 431;
  }
}

test('after a login in the browser, calls have the token of the person', async () => {
  using setup = createLoginSetup();

  const login = await setup.bearings(['login', 'orders']);
  const call = await setup.bearings(['call', 'orders', 'v1/orders/42']);

  expect(login).toMatchObject({ code: 0, err: expect.stringContaining('Opening a browser.') });
  expect(login.out).toBe('Logged in to orders at https://id.internal as alice.\nThe token is valid for 1 h.\n');
  expect(call.code).toBe(0);
  expect(setup.api.counts).toEqual({ requests: 1, unauthorized: 0, forbidden: 0 });
});

test('the page in the browser says that the window can be closed, and contains no secret', async () => {
  using setup = createLoginSetup();
  const { callback, code } = await upToCallback(setup);

  const response = await fetch(callback);
  const text = await response.text();

  expect(await code).toBe(0);
  expect(response.status).toBe(200);
  expect(text).toContain('You can close this window and return to the terminal.');
  for (const secret of new URL(callback).searchParams.values()) expect(text).not.toContain(secret);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
  });
});

test('the address is 127.0.0.1 and not localhost, with PKCE by S256 and a state of its own each time', async () => {
  using setup = createLoginSetup();
  const pages: URL[] = [];
  const openBrowser = async (url: string): Promise<void> => {
    pages.push(new URL(url));
    await setup.browser.open(url);
  };

  await setup.bearings(['login', 'orders'], { openBrowser });
  await setup.bearings(['login', 'orders'], { openBrowser });

  const [first, second] = pages.map(({ searchParams }) => Object.fromEntries(searchParams));
  expect(first).toMatchObject({ code_challenge_method: 'S256', response_type: 'code', client_id: 'orders-cli' });
  expect(first?.['redirect_uri']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback\/bearings$/);
  expect(first?.['state']).not.toBe(second?.['state']);
  expect(first?.['code_challenge']).not.toBe(second?.['code_challenge']);
});

test('requests that are not the answer are refused, and the login goes on', async () => {
  using setup = createLoginSetup();
  const { callback, code } = await upToCallback(setup);
  const { origin, port, pathname, searchParams } = new URL(callback);
  const wrongState = new URL(callback);
  wrongState.searchParams.set('state', 'x'.repeat(43));

  const statuses = {
    icon: (await sendRaw(`${origin}/favicon.ico`)).status,
    root: (await sendRaw(`${origin}/`)).status,
    connect: (await sendRaw(`${origin}/connect/any`)).status,
    post: (await sendRaw(callback, { method: 'POST' })).status,
    head: (await sendRaw(callback, { method: 'HEAD' })).status,
    options: (await sendRaw(callback, { method: 'OPTIONS' })).status,
    rebound: (await sendRaw(callback, { host: `evil.example:${port}` })).status,
    localhost: (await sendRaw(callback, { host: `localhost:${port}` })).status,
    noState: (await sendRaw(`${origin}${pathname}?code=${searchParams.get('code')}`)).status,
    wrongState: (await sendRaw(wrongState.href)).status,
    errorOfOthers: (await sendRaw(`${origin}${pathname}?error=access_denied&state=unknown`)).status,
    long: await tooLong(`${origin}${pathname}?code=${'x'.repeat(64 * 1024)}`),
  };
  const answer = await sendRaw(callback);

  expect(statuses).toEqual({
    icon: 404,
    root: 404,
    connect: 404,
    post: 405,
    head: 405,
    options: 405,
    rebound: 421,
    localhost: 421,
    noState: 400,
    wrongState: 400,
    errorOfOthers: 400,
    long: 431,
  });
  expect([answer.status, await code]).toEqual([200, 0]);
});

test('the port is closed at the first valid answer: a replay is not received', async () => {
  using setup = createLoginSetup();
  const { callback, code } = await upToCallback(setup);

  await sendRaw(callback);

  expect(await code).toBe(0);
  expect(await isOpen(callback)).toBe(false);
});

test('of parallel answers, one is exchanged', async () => {
  using setup = createLoginSetup();
  const { callback, code } = await upToCallback(setup);

  const sent = await Promise.allSettled(Array.from({ length: 10 }, () => sendRaw(callback)));

  expect(await code).toBe(0);
  expect(sent.some((each) => each.status === 'fulfilled' && each.value.status === 200)).toBe(true);
  expect(setup.issuer.counts.token).toBe(1);
});

test('when the person denies it, nothing is stored', async () => {
  using setup = createLoginSetup({ consent: 'deny' });

  const { code, err, out } = await setup.bearings(['login', 'orders']);

  expect({ code, out }).toEqual({ code: 3, out: '' });
  expect(err).toContain('bearings: orders: not logged in: access was not granted (access_denied)');
  expect(countRows(setup)).toEqual({ grants: 0, flows: 0 });
});

test('an answer that names another issuer is refused before the code is sent', async () => {
  using setup = createLoginSetup();
  setup.issuer.inject(faults.redirectParameter('iss', 'https://evil.example'), { on: 'authorization' });

  const { code, err } = await setup.bearings(['login', 'orders']);

  expect(code).toBe(3);
  expect(err).toContain('not logged in: the answer came from another server (issuer_mismatch)');
  expect(setup.issuer.counts.token).toBe(0);
});

test('a code whose answer is lost is sent once', async () => {
  using setup = createLoginSetup();
  const lost = setup.issuer.inject(faults.lostAnswer(), { on: 'token' });

  const { code, err } = await setup.bearings(['login', 'orders']);

  expect({ code, hits: lost.hits }).toEqual({ code: 3, hits: 1 });
  expect(err).toContain('the answer of the server was lost, and a code is sent once only (code_interrupted)');
});

test('when the person does not come back within 5 minutes, the port is closed and nothing is stored', async () => {
  using setup = createLoginSetup();
  const { callback, code, terminal } = await upToCallback(setup);

  await setup.clock.advance(299_000);
  expect(await isOpen(new URL('/', callback).href)).toBe(true);
  await setup.clock.advance(2_000);

  expect(await code).toBe(3);
  expect(terminal.err()).toContain('not logged in: you did not answer in time');
  expect(await isOpen(callback)).toBe(false);
  expect(countRows(setup)).toEqual({ grants: 0, flows: 0 });
});

test('ctrl-C closes the port and stores nothing', async () => {
  using setup = createLoginSetup();
  const { callback, code, terminal } = await upToCallback(setup);

  terminal.interrupt();

  expect(await code).toBe(130);
  expect(await isOpen(callback)).toBe(false);
  expect(countRows(setup)).toEqual({ grants: 0, flows: 0 });
});

test('a port that is taken is named, and the next one of a list is used', async () => {
  using setup = createLoginSetup();
  await using taken = createServer();
  await new Promise<void>((resolve) => void taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = String(typeof address === 'object' ? address?.port : '');

  const refused = await setup.bearings(['login', 'orders', '--port', port]);
  const next = await setup.bearings(['login', 'orders', '--port', port, '--port', '0']);

  expect(refused.code).toBe(2);
  expect(refused.err).toContain(`127.0.0.1 cannot be listened on at port ${port} (EADDRINUSE): choose another --port`);
  expect(next.code).toBe(0);
});

test.each(['80x', '-1', '65536', ''])('--port %j is refused', async (port) => {
  using setup = createLoginSetup();

  const { code, err } = await setup.bearings(['login', 'orders', `--port=${port}`]);

  expect(code).toBe(2);
  expect(err).toContain('--port needs a number from 0 to 65535');
});

/** A login without a browser, the page that it shows, and its input. */
async function withoutBrowser(setup: LoginSetup): Promise<{
  readonly terminal: FakeTerminal;
  readonly input: PassThrough;
  readonly code: Promise<number>;
  readonly callback: string;
}> {
  const input = new PassThrough();
  const terminal = setup.terminal({ input });
  const code = run(['login', 'orders', '--no-browser'], terminal);
  const page = await shown(terminal, /\n {2}(https:\S+)\n/);
  const { redirect = '' } = await setup.browser.open(page, { stopBefore: 'http://127.0.0.1' });
  return { terminal, input, code, callback: redirect };
}

test('without a browser, the address that a browser elsewhere came to can be pasted', async () => {
  using setup = createLoginSetup();
  const { terminal, input, code, callback } = await withoutBrowser(setup);

  input.write('yes\n\n');
  input.write(`${callback.replace('127.0.0.1', '127.0.0.2')}\n`);
  await shown(terminal, /(not the address[^]*not the address)/);
  input.write(`  ${callback}  \r\n`);

  expect(await code).toBe(0);
  expect(terminal.out()).toContain('Logged in to orders');
  expect(terminal.err()).toContain('If that does not load, paste its address here:');
});

test('without a browser and without more input, a browser on this machine still completes the login', async () => {
  using setup = createLoginSetup();
  const { input, code, callback } = await withoutBrowser(setup);

  input.end();
  const answer = await sendRaw(callback);

  expect([answer.status, await code]).toEqual([200, 0]);
});

test('a page that is not https is not opened', async () => {
  const plain = { authorizationUrl: 'http://id.internal/authorize', tokenUrl: 'https://id.internal/token' };
  using setup = createLoginSetup({ auth: { issuerUrl: undefined, ...plain, insecureHttp: true } });
  const opened: string[] = [];

  const { code, err } = await setup.bearings(['login', 'orders'], {
    openBrowser: async (url) => void opened.push(url),
  });

  expect({ code, opened }).toEqual({ code: 2, opened: [] });
  expect(err).toContain('the page to log in at is not https');
});

test.each([[[]], [['--device']]])(
  'with %j, a server that does not issue DPoP tokens is named at once',
  async (args) => {
    using setup = createLoginSetup({ auth: { dpop: true } });

    const { code, err } = await setup.bearings(['login', 'orders', ...args]);

    expect(code).toBe(2);
    expect(err).toContain('https://id.internal does not issue DPoP tokens');
    expect(setup.issuer.requests.map(({ endpoint }) => endpoint)).toEqual(['metadata']);
  },
);

test('when no program opens the page, it is shown, and the login goes on', async () => {
  using setup = createLoginSetup();
  const terminal = setup.terminal({ openBrowser: () => Promise.reject(new Error('spawn xdg-open ENOENT')) });

  const code = run(['login', 'orders'], terminal);
  await setup.browser.open(await shown(terminal, /\n {2}(https:\S+)\n/));

  expect(await code).toBe(0);
});

test('a login as another account replaces the one before, and revokes it', async () => {
  using setup = createLoginSetup();
  await setup.bearings(['login', 'orders']);
  setup.issuer.consent = { account: 'bob' };

  const second = await setup.bearings(['login', 'orders']);
  const status = await setup.bearings(['auth', 'status', '--json']);

  expect(second.out).toContain('as bob.');
  expect(status.code).toBe(0);
  expect(setup.issuer.requests.filter(({ endpoint }) => endpoint === 'revocation')).toHaveLength(2);
});

test('what the person did not grant is named', async () => {
  using setup = createLoginSetup({ consent: { scopes: ['openid'] } });

  const { code, out } = await setup.bearings(['login', 'orders']);

  expect(code).toBe(0);
  expect(out).toContain('You did not grant orders.read: log in again to use this client.');
});

test('a server without refresh tokens is mentioned', async () => {
  using setup = createLoginSetup({ offline: 'never' });

  const { out } = await setup.bearings(['login', 'orders']);

  expect(out).toContain('The server issued no refresh token: log in again after that, or ask for offline_access.');
});

test('a client that is not in the config is an error with the closest name', async () => {
  using setup = createLoginSetup();

  const unknown = await setup.bearings(['login', 'ordrs']);

  expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('did you mean orders?') });
});

test.each(['login', 'logout'])('%s of a client with another kind of credential is an error', async (command) => {
  using setup = createLoginSetup();
  const { cwd } = setup.terminal();
  const stock = { baseUrl: 'https://stock.internal', auth: { type: 'bearer', tokenRef: 'env:TOKEN' } };
  writeFileSync(join(cwd, 'other.yaml'), JSON.stringify({ clients: { stock } }));

  const { code, err } = await setup.bearings([command, 'stock', '--config', 'other.yaml'], { env: { TOKEN: 'any' } });

  expect(code).toBe(2);
  expect(err).toContain('stock has auth.type bearer, which needs no login');
});

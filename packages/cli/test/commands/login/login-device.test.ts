import { fakeBrowser, faults } from '@bearings/testing';
import type { LoggedRequest } from '@bearings/testing';
import { expect, test } from 'vitest';
import { run } from '../../../src/program.ts';
import { createLoginSetup, shown } from '../../fixtures/login-setup.ts';
import type { LoginSetup, LoginTerminalOptions } from '../../fixtures/login-setup.ts';
import { until } from '../../fixtures/until.ts';

/** A login that waits for the person, who has seen the code. */
async function upToCode(setup: LoginSetup, args = ['--device'], options: LoginTerminalOptions = {}) {
  const terminal = setup.terminal(options);
  const code = run(['login', 'orders', ...args], terminal);
  const page = await shown(terminal, /or open\n {2}(\S+)\n/);
  await until(() => setup.clock.pending > 0);
  return { terminal, code, page };
}

/** Moves time in small steps, in which keys and files have time of their own. */
async function pass(setup: LoginSetup, ms: number): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += 1_000) {
    await setup.clock.advance(1_000);
    await new Promise((resolve) => void setImmediate(resolve));
  }
}

const isPoll = ({ endpoint }: LoggedRequest): boolean => endpoint === 'token';

/** The pauses between token requests, in seconds. */
function pauses({ issuer }: LoginSetup): readonly number[] {
  const times = issuer.requests.filter(isPoll).map(({ at }) => at);
  return times.slice(1).map((at, index) => Math.round((at - (times[index] ?? 0)) / 1_000));
}

const consent = (page: string, { issuer }: LoginSetup): Promise<unknown> => fakeBrowser(issuer.fetch).open(page);

test('a login by a code on another device', async () => {
  using setup = createLoginSetup();
  const { terminal, code, page } = await upToCode(setup);

  await pass(setup, 11_000);
  await consent(page, setup);
  await pass(setup, 5_000);

  expect(await code).toBe(0);
  expect(terminal.err()).toMatch(
    /^On any device, open\n {2}https:\/\/id\.internal\/device\nand enter the code \S+\nor open\n {2}\S+\nWaiting for you, at most 10 min …\n$/,
  );
  expect(terminal.out()).toContain('Logged in to orders at https://id.internal as alice.');
  expect(pauses(setup)).toEqual([5, 5]);
});

test.each(['over SSH', 'in a container', 'without a display'])('%s the code is chosen by itself', async (obstacle) => {
  using setup = createLoginSetup();
  const { terminal, code } = await upToCode(setup, [], { browserObstacle: obstacle });

  terminal.interrupt();

  expect(await code).toBe(130);
  expect(terminal.err()).toContain('and enter the code');
});

test('with --no-browser the page is shown, also over SSH', async () => {
  using setup = createLoginSetup();
  const terminal = setup.terminal({ browserObstacle: 'over SSH' });

  const code = run(['login', 'orders', '--no-browser'], terminal);
  await shown(terminal, /(Open this page in a browser)/);
  terminal.interrupt();

  expect(await code).toBe(130);
});

const endpoints = { authorizationUrl: 'https://id.internal/authorize', tokenUrl: 'https://id.internal/token' };

test('over SSH, a server without codes gets a browser elsewhere; with --device it is an error', async () => {
  using setup = createLoginSetup({ auth: { issuerUrl: undefined, ...endpoints } });
  const terminal = setup.terminal({ browserObstacle: 'over SSH' });

  const code = run(['login', 'orders'], terminal);
  await shown(terminal, /(Open this page in a browser)/);
  terminal.interrupt();
  const asked = await setup.bearings(['login', 'orders', '--device']);

  expect(await code).toBe(130);
  expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('has no endpoint for devices (RFC 8628)') });
});

test('slow_down makes every later pause 5 s longer', async () => {
  using setup = createLoginSetup();
  const { code, page } = await upToCode(setup);
  setup.issuer.inject(faults.status(400, { body: { error: 'slow_down' } }), { on: 'token', times: 2 });

  await pass(setup, 46_000);
  await consent(page, setup);
  await pass(setup, 15_000);

  expect(await code).toBe(0);
  expect(pauses(setup)).toEqual([10, 15, 15, 15]);
});

test.each([
  ['a 502 page of a proxy', faults.unavailable(502, { body: '<html>Bad gateway</html>' })],
  ['a 503', faults.unavailable(503)],
  ['a 200 with a login page', faults.unavailable(200, { body: '<html>Sign in</html>' })],
  ['a 403 page of a firewall', faults.unavailable(403, { body: '<html>Blocked</html>' })],
])('%s does not end it, and the pause stays', async (_, fault) => {
  using setup = createLoginSetup();
  const { code, page } = await upToCode(setup);
  const outage = setup.issuer.inject(fault, { on: 'token', times: 3 });

  await consent(page, setup);
  await pass(setup, 21_000);

  expect(await code).toBe(0);
  expect(outage.hits).toBe(3);
});

test('while the server cannot be reached, each pause is twice the one before', async () => {
  using setup = createLoginSetup();
  const { code, page } = await upToCode(setup);
  const outage = setup.issuer.inject(faults.unreachable(), { on: 'token', times: 3 });

  await consent(page, setup);
  await pass(setup, 5_000 + 10_000 + 20_000 + 40_000);

  expect(await code).toBe(0);
  expect(outage.hits).toBe(3);
});

test('a login ends when the code has expired, also during an outage', async () => {
  using setup = createLoginSetup({ deviceCodeLifetimeMs: 60_000 });
  const { code, terminal } = await upToCode(setup);

  await pass(setup, 30_000);
  setup.issuer.inject(faults.unreachable(), { on: 'token' });
  await pass(setup, 31_000);

  expect(await code).toBe(3);
  expect(terminal.err()).toContain('orders: not logged in: you did not answer in time');
});

test('expired_token of the server ends it', async () => {
  using setup = createLoginSetup();
  const { code, terminal } = await upToCode(setup);
  setup.issuer.inject(faults.status(400, { body: { error: 'expired_token' } }), { on: 'token' });

  await pass(setup, 5_000);

  expect(await code).toBe(3);
  expect(terminal.err()).toContain('you did not answer in time');
});

test('when the person denies it, it ends', async () => {
  using setup = createLoginSetup({ consent: 'deny' });
  const { code, page, terminal } = await upToCode(setup);

  await consent(page, setup);
  await pass(setup, 5_000);

  expect(await code).toBe(3);
  expect(terminal.err()).toContain('not logged in: access was not granted (access_denied)');
});

test('a refusal of the client ends it, with what to check', async () => {
  using setup = createLoginSetup();
  const { code, terminal } = await upToCode(setup);
  setup.issuer.inject(faults.status(401, { body: { error: 'invalid_client' } }), { on: 'token' });

  await pass(setup, 5_000);

  expect(await code).toBe(3);
  expect(terminal.err()).toContain('the server refused the code (code_refused)');
  expect(terminal.err()).toContain('answered 401: invalid_client');
});

test('ctrl-C ends it at once', async () => {
  using setup = createLoginSetup();
  const { code, terminal } = await upToCode(setup);

  terminal.interrupt();

  expect(await code).toBe(130);
  expect(setup.clock.pending).toBe(0);
});

test.each([
  ['a code with control characters', { user_code: 'A\u001b[2J' }],
  ['a page that is not https', { verification_uri: 'http://id.internal/device' }],
  ['a page of another scheme', { verification_uri: 'javascript:alert(1)' }],
  ['no device code', { device_code: undefined }],
  ['no lifetime', { expires_in: undefined }],
])('an answer with %s is not shown', async (_, members) => {
  using setup = createLoginSetup();
  const change = Object.entries(members).map(([name, value]) => faults.member(name, value));
  setup.issuer.inject(change, { on: 'device_authorization' });

  const { code, err } = await setup.bearings(['login', 'orders', '--device']);

  expect(code).toBe(3);
  expect(err).toContain('did not answer with a device code (RFC 8628 §3.2)');
  expect(err).not.toContain('and enter the code');
});

test('without an interval it is 5 s', async () => {
  using setup = createLoginSetup();
  setup.issuer.inject(faults.member('interval', undefined), { on: 'device_authorization' });
  const { code, page } = await upToCode(setup);

  await pass(setup, 11_000);
  await consent(page, setup);
  await pass(setup, 5_000);

  expect(await code).toBe(0);
  expect(pauses(setup)).toEqual([5, 5]);
});

import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { run } from '../../src/program.ts';
import { createFakeServers, oauth2Auth } from '../fixtures/fake-servers.ts';
import type { FakeServers } from '../fixtures/fake-servers.ts';

const folder = join(tmpdir(), `bearings-${crypto.randomUUID()}`);

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const env = { TOKEN_KEY: Buffer.alloc(32, 7).toString('base64') };
const tokenStore = { file: join(folder, 'tokens.db'), keyRef: 'env:TOKEN_KEY' };

function createServers(): FakeServers {
  return createFakeServers({ orders: { baseUrl: 'https://orders.internal', auth: oauth2Auth() } }, { tokenStore });
}

/** Runs a command. Answers with what it printed, and the number of token requests so far. */
async function runCommand(servers: FakeServers, ...args: readonly string[]): Promise<readonly [string, number]> {
  const terminal = servers.terminal({ env });
  await run(args, terminal);
  return [terminal.out(), servers.issuer.counts.token];
}

test('commands share a token by the store of the config', async () => {
  using servers = createServers();

  const [first] = await runCommand(servers, 'auth', 'token', 'orders');
  const [second, requests] = await runCommand(servers, 'auth', 'token', 'orders');

  expect(second).toBe(first);
  expect(requests).toBe(1);
});

test('auth status says whether a token comes from the store', async () => {
  using servers = createServers();

  const [first] = await runCommand(servers, 'auth', 'status', '--json');
  const [second] = await runCommand(servers, 'auth', 'status', '--json');
  const [table] = await runCommand(servers, 'auth', 'status');

  expect([first, second].map((text) => JSON.parse(text).credentials[0].origin)).toEqual(['server', 'store']);
  expect(table).toContain('(stored)');
});

test('with --no-cache a token is requested anew, and not stored', async () => {
  using servers = createServers();

  await runCommand(servers, '--no-cache', 'auth', 'token', 'orders');
  const [, requests] = await runCommand(servers, 'auth', 'token', 'orders', '--no-cache');

  expect(requests).toBe(2);
  expect(existsSync(folder)).toBe(false);
});

test('auth clear deletes the stored tokens', async () => {
  using servers = createServers();
  await runCommand(servers, 'auth', 'token', 'orders');

  const [printed] = await runCommand(servers, 'auth', 'clear');
  const [, requests] = await runCommand(servers, 'auth', 'token', 'orders');

  expect(printed).toBe('1 stored token deleted\n');
  expect(requests).toBe(2);
});

test.each([
  ['a right key', Buffer.alloc(32, 7), '✓ token store'],
  ['a short key', Buffer.alloc(8, 7), '✗ token store'],
])('doctor checks the store: %s', async (_, key, shown) => {
  using servers = createServers();
  const terminal = servers.terminal({ env: { TOKEN_KEY: key.toString('base64') } });

  await run(['doctor', 'orders'], terminal);

  expect(terminal.out().replaceAll(/ +/g, ' ')).toContain(shown);
});

test('auth clear without a store in the config says so', async () => {
  using servers = createFakeServers();
  const terminal = servers.terminal();

  const exitCode = await run(['auth', 'clear'], terminal);

  expect(exitCode).toBe(2);
  expect(terminal.err()).toContain('no tokenStore');
});

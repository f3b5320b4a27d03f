import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
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

const home = join(folder, 'home');
const cacheFile = join(home, '.cache', 'bearings', 'tokens.db');

/** Runs commands of a person whose config names no store, each in a terminal of its own. */
async function runAtHome(
  servers: FakeServers,
  more: object,
  ...args: readonly string[]
): Promise<readonly [string, number]> {
  const terminal = servers.terminal({ env: { HOME: home, ...more }, desktop: { ...noDesktop, keyring: noKeyring } });
  await run(args, terminal);
  return [terminal.out(), servers.issuer.counts.token];
}

const noKeyring = {
  read: () => Promise.reject(new Error('no keyring')),
  write: () => Promise.reject(new Error('no keyring')),
};
const noDesktop = { browserObstacle: 'in a test', openBrowser: () => Promise.reject(new Error('no browser')) };
const withKey = { BEARINGS_KEY: 'env:TOKEN_KEY', ...env };

test('without a store in the config commands share a token by the cache of this person, when there is a key', async () => {
  using servers = createFakeServers();

  const [first] = await runAtHome(servers, withKey, 'auth', 'token', 'orders');
  const [second] = await runAtHome(servers, withKey, 'auth', 'token', 'orders');
  const [status, requests] = await runAtHome(servers, withKey, 'auth', 'status', '--json');

  expect(second).toBe(first);
  expect(JSON.parse(status).credentials[0].origin).toBe('store');
  expect(requests).toBe(1);
  const modes = [cacheFile, join(cacheFile, '..')].map((path) => (lstatSync(path).mode & 0o777).toString(8));
  expect(modes).toEqual(['600', '700']);
  expect(readFileSync(cacheFile, 'latin1')).not.toContain(first);
});

test('the key of the keyring opens the cache', async () => {
  using servers = createFakeServers();
  const keyring = { read: async () => env.TOKEN_KEY, write: noKeyring.write };
  const token = async (): Promise<void> => {
    const terminal = servers.terminal({ env: { HOME: home }, desktop: { ...noDesktop, keyring } });
    await run(['auth', 'token', 'orders'], terminal);
  };

  await token();
  await token();

  expect(servers.issuer.counts.token).toBe(1);
});

test.each<[string, object]>([
  ['without a key', {}],
  ['with a key that is too short', { BEARINGS_KEY: 'env:TOKEN_KEY', TOKEN_KEY: 'c2hvcnQ=' }],
  ['with a key that cannot be read', { BEARINGS_KEY: 'env:MISSING' }],
])('%s nothing is stored, and commands work', async (_, more) => {
  using servers = createFakeServers();

  const [first] = await runAtHome(servers, more, 'auth', 'token', 'orders');
  const [second, requests] = await runAtHome(servers, more, 'auth', 'token', 'orders');

  expect([first, second].every((text) => text.length > 20)).toBe(true);
  expect(requests).toBe(2);
  expect(existsSync(home)).toBe(false);
});

test('a symbolic link in place of the cache is not followed, and commands work', async () => {
  using servers = createFakeServers();
  const target = join(folder, 'target');
  mkdirSync(join(cacheFile, '..'), { recursive: true });
  symlinkSync(target, cacheFile);

  await runAtHome(servers, withKey, 'auth', 'token', 'orders');
  const [, requests] = await runAtHome(servers, withKey, 'auth', 'token', 'orders');

  expect(requests).toBe(2);
  expect(existsSync(target)).toBe(false);
});

test.each([
  [['--no-cache'], 0],
  [[], 1],
])('auth clear empties the cache, which a command with %j has filled with %i tokens', async (flags, count) => {
  using servers = createFakeServers();
  await runAtHome(servers, withKey, 'auth', 'token', 'orders', ...flags);

  const [printed] = await runAtHome(servers, {}, 'auth', 'clear');

  expect(printed).toBe(`${count} stored ${count === 1 ? 'token' : 'tokens'} deleted\n`);
});

test('doctor says what is right for a key of the store that is wrong', async () => {
  using servers = createServers();
  const terminal = servers.terminal({ env: { TOKEN_KEY: 'abc' } });

  await run(['doctor', 'orders'], terminal);

  expect(terminal.out()).toContain('tokenStore.keyRef names env:TOKEN_KEY, which is not 32 bytes');
  expect(terminal.out()).toContain('→ put 32 random bytes there, as this command prints them: openssl rand -base64 32');
});

test('doctor says that the file of the store must be writable', async () => {
  mkdirSync(folder);
  symlinkSync(join(folder, 'target'), tokenStore.file);
  using servers = createServers();
  const terminal = servers.terminal({ env });

  await run(['doctor', 'orders'], terminal);

  expect(terminal.out()).toContain('→ Name a file that this user can write as tokenStore.file');
});

test('doctor says which package of the store to install', async () => {
  vi.doMock('@redis/client', () => Promise.reject(new Error('not installed')));
  onTestFinished(() => vi.doUnmock('@redis/client'));
  using servers = createFakeServers(undefined, {
    tokenStore: { redis: 'redis://127.0.0.1:1', keyRef: 'env:TOKEN_KEY' },
  });
  const terminal = servers.terminal({ env });

  await run(['doctor', 'orders'], terminal);

  expect(terminal.out()).toContain('✗ token store  tokenStore.redis needs the package @redis/client\n');
  expect(terminal.out()).toContain('→ Install it: npm install @redis/client\n');
});

test('doctor says which server of the store does not answer', async () => {
  const store = { redis: 'redis://127.0.0.1:1', keyRef: 'env:TOKEN_KEY' };
  using servers = createFakeServers(undefined, { tokenStore: store });
  const terminal = servers.terminal({ env });

  const exitCode = await run(['doctor', 'orders'], terminal);

  expect(exitCode).not.toBe(0);
  expect(terminal.out()).toContain('redis://127.0.0.1:1 does not answer');
  expect(terminal.out()).toContain('→ Check its address, user and password in tokenStore. Until then');
  expect(terminal.out()).not.toContain('openssl');
});

import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startLoginServers, signIn } from './fixtures/login-servers.ts';
import type { LoginServers } from './fixtures/login-servers.ts';
import { bearings, inShell } from './fixtures/run-process.ts';
import type { Outcome, RunOptions } from './fixtures/run-process.ts';

const key = Buffer.alloc(32, 7).toString('base64');

/** A person without a desktop, whose key is in a variable. */
const options = ({ folder }: LoginServers): RunOptions => ({
  cwd: folder,
  env: { XDG_STATE_HOME: join(folder, 'state'), LOGIN_KEY: key, BEARINGS_KEY: 'env:LOGIN_KEY' },
});

/** Runs a login and calls `onShown` with the first text on stderr that matches, while it waits. */
function login(
  servers: LoginServers,
  { args, pattern }: { readonly args: readonly string[]; readonly pattern: RegExp },
  onShown: (text: string, child: ChildProcess) => unknown,
): Promise<Outcome> {
  return bearings(['login', 'orders', ...args], {
    ...options(servers),
    onStart(child) {
      let [err, isShown] = ['', false];
      child.stderr?.on('data', (piece: Buffer) => {
        err += String(piece);
        const [, text] = pattern.exec(err) ?? [];
        if (text === undefined || isShown) return;
        isShown = true;
        void onShown(text, child);
      });
    },
  });
}

const byUrl = { args: ['--no-browser'], pattern: /\n {2}(http\S+)\n/ };
const byCode = { args: ['--device'], pattern: /or open\n {2}(http\S+)\n/ };
const stateFolder = ({ folder }: LoginServers): string => join(folder, 'state', 'bearings');

test('a person logs in at oidc-provider in a browser, calls, and logs out', async () => {
  await using servers = await startLoginServers();

  const loggedIn = await login(servers, byUrl, (url) => signIn(servers.browser, url));
  const called = await bearings(['call', 'orders', 'v1/orders/42'], options(servers));
  const loggedOut = await bearings(['logout', 'orders'], options(servers));
  const refused = await bearings(['call', 'orders', 'v1/orders/42'], options(servers));

  expect(loggedIn).toMatchObject({ code: 0, out: expect.stringContaining('Logged in to orders') });
  expect(loggedIn.out).toContain(' as alice.\nThe token is valid for 1 h.\n');
  expect(called).toMatchObject({ code: 0, out: '{"id":"42","total":99.5}', err: '' });
  expect(loggedOut.out).toContain('the tokens are revoked at http://127.0.0.1');
  expect(servers.revocations).toBe(2);
  expect(refused.code).toBe(3);
});

test('the address that a browser came to can be pasted', async () => {
  await using servers = await startLoginServers();
  let callback = '';

  const { code } = await login(servers, byUrl, async (url, child) => {
    const { port } = new URL(new URL(url).searchParams.get('redirect_uri') ?? '');
    const page = await signInUpTo(servers, url, `http://127.0.0.1:${port}`);
    callback = page;
    child.stdin?.write(`${page}\n`);
  });

  expect(code).toBe(0);
  expect(callback).toContain('code=');
});

/** Signs in, but does not go back to the terminal. */
async function signInUpTo({ browser }: LoginServers, url: string, stopBefore: string): Promise<string> {
  let page = await browser.open(url, { stopBefore });
  for (let pages = 0; pages < 5 && page.redirect === undefined; pages += 1) {
    page = await browser.submit(page, page.text.includes('name="login"') ? { login: 'alice', password: 'any' } : {}, {
      stopBefore,
    });
  }
  return page.redirect ?? '';
}

test('a person logs in at oidc-provider with a code on another device', async () => {
  await using servers = await startLoginServers();

  const loggedIn = await login(servers, byCode, (url) => signIn(servers.browser, url));
  const called = await bearings(['call', 'orders', 'v1/orders/42'], options(servers));

  expect(loggedIn).toMatchObject({ code: 0, out: expect.stringContaining('as alice.') });
  expect(called.code).toBe(0);
});

test.each([
  ['in the browser', byUrl],
  ['with a code', byCode],
])('ctrl-C during a login %s leaves no grant, no port and no process', async (_, way) => {
  await using servers = await startLoginServers();
  let redirectUri: string | null = null;

  const { code, out } = await login(servers, way, (url, child) => {
    redirectUri = new URL(url).searchParams.get('redirect_uri');
    child.kill('SIGINT');
  });
  const called = await bearings(['call', 'orders', 'v1/orders/42'], options(servers));

  expect({ code, out, called: called.code }).toEqual({ code: 130, out: '', called: 3 });
  if (redirectUri !== null) await expect(fetch(redirectUri)).rejects.toThrow('fetch failed');
  expect(servers.grantTypes.filter((type) => type === 'authorization_code')).toEqual([]);
});

test('without a keyring a login is refused with exit code 2, and nothing is written', async () => {
  await using servers = await startLoginServers();
  const { folder } = servers;

  const { code, err } = await bearings(['login', 'orders', '--no-browser'], {
    cwd: folder,
    env: { XDG_STATE_HOME: join(folder, 'state'), DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' },
  });

  expect(code).toBe(2);
  expect(err).toContain('pass --key env:NAME or --key file:PATH');
  expect(existsSync(join(folder, 'state'))).toBe(false);
});

test('under umask 000 the files are 0600 in a folder with 0700', async () => {
  await using servers = await startLoginServers();

  const loggedIn = await inShell('umask 000; exec $BEARINGS login orders --device', {
    ...options(servers),
    onStart(child) {
      let err = '';
      child.stderr?.on('data', (piece: Buffer) => {
        const isShown = byCode.pattern.test(err);
        err += String(piece);
        const [, url] = byCode.pattern.exec(err) ?? [];
        if (url !== undefined && !isShown) void signIn(servers.browser, url);
      });
    },
  });

  const folder = stateFolder(servers);
  const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
  expect(loggedIn.code).toBe(0);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(modes.length).toBeGreaterThan(0);
  expect(modes.filter(([, mode]) => mode !== 0o600)).toEqual([]);
});

test('two terminals with one expired token make one token request', async () => {
  await using servers = await startLoginServers(5);
  await login(servers, byUrl, (url) => signIn(servers.browser, url));
  await sleep(5_100);
  const before = servers.grantTypes.length;

  const calls = await Promise.all([1, 2].map(() => bearings(['call', 'orders', 'v1/orders/42'], options(servers))));

  expect(calls.map(({ code, err }) => ({ code, err }))).toEqual([1, 2].map(() => ({ code: 0, err: '' })));
  expect(servers.grantTypes.slice(before)).toEqual(['refresh_token']);
  expect(new Set(servers.api.seen.map(({ tokenId }) => tokenId)).size).toBe(1);
});

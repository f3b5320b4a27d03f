import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, expect } from 'vitest';
import { run } from '../../packages/cli/src/program.ts';
import { createLoginSetup } from '../../packages/cli/test/fixtures/login-setup.ts';
import type { LoginSetup } from '../../packages/cli/test/fixtures/login-setup.ts';
import { sendRaw } from '../../packages/cli/test/fixtures/send-raw.ts';
import { until } from '../../packages/cli/test/fixtures/until.ts';
import { replay } from './replay.ts';

const setups: LoginSetup[] = [];
afterAll(() => {
  for (const setup of setups) setup[Symbol.dispose]();
});

/** A login whose browser has consented, but has not come back yet. */
async function upToCallback(more: Parameters<typeof createLoginSetup>[0] = {}) {
  const setup = createLoginSetup(more);
  setups.push(setup);
  let callback = '';
  const openBrowser = async (url: string): Promise<void> => {
    callback = (await setup.browser.open(url, { stopBefore: 'http://127.0.0.1' })).redirect ?? '';
  };
  const terminal = setup.terminal({ openBrowser });
  const code = run(['login', 'orders'], terminal);
  await until(() => callback !== '');
  return { setup, terminal, code, callback };
}

async function isClosed(url: string): Promise<boolean> {
  try {
    await sendRaw(url);
    return false;
  } catch {
    return true;
  }
}

replay('CB-013', async () => {
  const { code, callback } = await upToCallback();
  const { port, origin, pathname } = new URL(callback);
  const sockets = Array.from({ length: 100 }, () => connect(Number(port), '127.0.0.1'));
  for (const socket of sockets) socket.on('error', () => {});
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  for (const socket of sockets.slice(0, 50)) socket.write('GET / HTTP/1.1\r\nhost: ');
  const long = await isRefused(`${origin}${pathname}?code=${'x'.repeat(64 * 1024)}`);

  const answer = await sendRaw(callback);

  expect([long, answer.status, await code]).toEqual([true, 200, 0]);
  await until(() => sockets.every(({ destroyed }) => destroyed));
});

/** Answered with 431, or the connection is closed while the rest is sent. */
async function isRefused(url: string): Promise<boolean> {
  try {
    return (await sendRaw(url)).status === 431;
  } catch {
    return true;
  }
}

replay('CB-015', async () => {
  const { setup, code, callback, terminal } = await upToCallback();

  await setup.clock.advance(301_000);

  expect(await code).toBe(3);
  expect(terminal.err()).toContain('you did not answer in time');
  expect([await isClosed(callback), setup.clock.pending]).toEqual([true, 0]);
});

replay('CB-016', async () => {
  const { code, callback, terminal, setup } = await upToCallback();

  terminal.interrupt();

  expect(await code).toBe(130);
  expect([await isClosed(callback), setup.clock.pending]).toEqual([true, 0]);
});

replay('CB-017', async () => {
  const setup = createLoginSetup();
  setups.push(setup);
  await using taken = createServer();
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = String(typeof address === 'object' ? address?.port : '');

  const refused = await setup.bearings(['login', 'orders', '--port', port]);
  const next = await setup.bearings(['login', 'orders', '--port', port, '--port', '0']);

  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining(`at port ${port} (EADDRINUSE)`) });
  expect(next.code).toBe(0);
});

replay('CB-022', async () => {
  for (const authorizationUrl of ['http://id.internal/authorize', '-https://id.internal/authorize', 'calc.exe']) {
    const setup = createLoginSetup({
      auth: { issuerUrl: undefined, authorizationUrl, tokenUrl: 'https://id.internal/token', insecureHttp: true },
    });
    setups.push(setup);
    const opened: string[] = [];

    const { code } = await setup.bearings(['login', 'orders'], { openBrowser: async (url) => void opened.push(url) });

    expect({ code, opened }).toEqual({ code: 2, opened: [] });
  }
});

replay('ST-008', async () => {
  const setup = createLoginSetup();
  setups.push(setup);

  const { code, err } = await setup.bearings(['login', 'orders'], { hasNoKeyring: true });

  expect(code).toBe(2);
  expect(err).toContain('Tokens are stored encrypted only: pass --key');
  expect(existsSync(setup.state)).toBe(false);
});

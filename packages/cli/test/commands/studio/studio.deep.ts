import type { ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { bearings } from '../../fixtures/run-process.ts';
import { configFolder } from '../../fixtures/config-folder.ts';

test('the command prints a URL that works, and ctrl-C ends it and frees its port', async () => {
  using folder = configFolder({ clients: { orders: { baseUrl: 'https://orders.internal', auth: { type: 'none' } } } });
  let url = '';
  let status = 0;
  const openAndInterrupt = async (child: ChildProcess): Promise<void> => {
    const [line] = await once(child.stdout!, 'data');
    url = String(line).trim();
    status = (await fetch(url, { redirect: 'manual' })).status;
    child.kill('SIGINT');
  };

  const { code, out, err } = await bearings(['studio', '--no-open'], {
    cwd: folder.path,
    onStart: (child) => void openAndInterrupt(child), // what it finds is checked below
  });

  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  expect({ status, code, err }).toEqual({ status: 303, code: 130, err: '' });
  expect(out).toBe(`${url}\n`);
  await expect(canConnect(Number(new URL(url).port))).resolves.toBe(false);
});

test('a --watch that is no URL is refused', async () => {
  using folder = configFolder({ clients: {} });

  const { code, err } = await bearings(['studio', '--no-open', '--watch', 'localhost:80'], { cwd: folder.path });

  expect({ code, err }).toEqual({
    code: 2,
    err: 'bearings: --watch localhost:80 is not a URL: write http://127.0.0.1:8081/status\n',
  });
});

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

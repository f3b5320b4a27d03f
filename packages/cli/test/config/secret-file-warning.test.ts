import { spawnSync } from 'node:child_process';
import { getuid } from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { configFolder } from '../fixtures/config-folder.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Runs a command where `/etc/hosts` is mounted, as in a container. */
function runInContainer(cwd: string, args: string): { readonly out: string; readonly err: string } {
  const shell = `mount --bind /etc/hosts /etc/hosts && exec "${process.execPath}" "${main}" ${args}`;
  const options = { cwd, encoding: 'utf8', env: { HOME: cwd } } as const;
  const { stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', shell], options);
  return { out: stdout, err: stderr };
}

const canMount = (): boolean =>
  getuid?.() === 0 &&
  spawnSync('unshare', ['--mount', 'mount', '--bind', '/etc/hosts', '/etc/hosts'], { stdio: 'ignore' }).status === 0;

test.skipIf(!canMount())(
  'a secret file that others can read is used in a container, and stderr has one warning',
  () => {
    const auth = { type: 'bearer', tokenRef: 'file:token' };
    using folder = configFolder(
      {
        clients: {
          orders: { baseUrl: 'https://orders.example', auth },
          stock: { baseUrl: 'https://stock.example', auth },
        },
      },
      { token: { text: 'a-static-token\n', mode: 0o444 } },
    );

    const { out, err } = runInContainer(folder.path, 'auth token orders');

    expect(out).toBe('a-static-token\n');
    expect(err.replaceAll(folder.path, '')).toBe(
      'bearings: warning: bearings.yaml:7:9  clients.orders.auth.tokenRef names the file /token, which other users may read (mode 0444), ' +
        'and is used because it is in a container: mount it with mode 0400, or set secretFiles: { readableByOthers: true } where no ' +
        'other user has an account\n',
    );
  },
);

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { clientId, clientSecret } from './create-service.ts';
import { createCommandLine } from './command-line.ts';
import { replay } from './replay.ts';

const secretFile = 'file:./secret';

/** Writes the secret file of a folder, readable by its owner only unless `mode` says otherwise. */
function keep(folder: string, text: string | Uint8Array, mode = 0o600): void {
  writeFileSync(join(folder, 'secret'), text);
  chmodSync(join(folder, 'secret'), mode);
}

replay('CF-014', async () => {
  const { folder, bearings, issuer } = await createCommandLine(secretFile);

  for (const ending of ['\n', '\r\n', '']) {
    keep(folder, `${clientSecret}${ending}`);
    expect(await bearings(['auth', 'token', 'orders'])).toMatchObject({ exit: 0, stderr: '' });
  }

  const pair = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  expect(issuer.requests.map((request) => request.header('authorization'))).toEqual([pair, pair, pair]);
});

replay('CF-015', async ({ hides }) => {
  const { folder, bearings, issuer } = await createCommandLine(secretFile);

  for (const text of [
    `${clientSecret} `,
    ` ${clientSecret}`,
    `${clientSecret}\n\n`,
    `${clientSecret}\nx`,
    `\t${clientSecret}`,
  ]) {
    keep(folder, text);
    expect(hides(await bearings(['auth', 'token', 'orders']))).toMatchObject({ exit: 2, stdout: '' });
  }
  expect(issuer.requests).toEqual([]);
});

replay('CF-016', async ({ hides }) => {
  const makers: readonly ((path: string) => void)[] = [
    () => {}, // missing
    (path) => mkdirSync(path),
    (path) => void execFileSync('sh', ['-c', `mkfifo -m 600 '${path}'`]),
    (path) => writeFileSync(path, `${clientSecret}${'x'.repeat(64 * 1024)}`, { mode: 0o600 }),
    (path) => symlinkSync(path, path), // unreadable for every user, root included
  ];
  for (const make of makers) {
    const { folder, bearings, issuer } = await createCommandLine(secretFile);
    make(join(folder, 'secret'));

    const printed = hides(await bearings(['auth', 'token', 'orders']));

    expect(printed).toMatchObject({ exit: 2, stdout: '' });
    expect(printed.stderr).toContain(join(folder, 'secret'));
    expect(issuer.requests).toEqual([]);
  }
});

replay('CF-017', async ({ hides }) => {
  const { folder, bearings, issuer } = await createCommandLine(secretFile);

  for (const mode of [0o604, 0o640]) {
    keep(folder, clientSecret, mode);
    const printed = hides(await bearings(['auth', 'token', 'orders']));

    expect(printed).toMatchObject({ exit: 2, stdout: '' });
    expect(printed.stderr).toContain('chmod 600');
  }
  expect(issuer.requests).toEqual([]);
});

replay('CF-018', async ({ hides }) => {
  const { bearings, issuer, api } = await createCommandLine('env:ORDERS_SECRET');
  const flags = ['--client-secret', '--secret', '--token', '--password', '--api-key', '--bearer', '-u', '--user'];

  const printed = await Promise.all(
    ['call', 'auth status', 'auth token', 'doctor'].map(async (command) => {
      const help = await bearings([...command.split(' '), '--help']);
      const words = help.stdout.match(/--?[\w-]+/g) ?? [];
      return words.filter((word) => flags.includes(word));
    }),
  );
  const refused = hides(
    await bearings(['call', 'orders', 'v1', '--client-secret', clientSecret], { ORDERS_SECRET: 'x' }),
  );

  expect(printed.flat()).toEqual([]);
  expect(refused).toMatchObject({ exit: 2, stdout: '' });
  expect([issuer.requests, api.requests]).toEqual([[], []]);
});

replay('SL-025', async ({ hides }) => {
  const { bearings } = await createCommandLine('env:ORDERS_SECRET');
  const env = { ORDERS_SECRET: clientSecret };

  const call = hides(await bearings(['call', 'orders', 'v1/orders', '-v', '--debug'], env));
  const status = hides(await bearings(['auth', 'status', '--debug'], env));
  const { stdout, stderr } = await bearings(['auth', 'token', 'orders', '--debug'], env);

  expect([call.exit, status.exit]).toEqual([0, 0]);
  expect(call.stderr).toContain('[REDACTED]');
  expect(stdout).toMatch(/^at_CANARY_\d+\n$/);
  hides(stderr);
});

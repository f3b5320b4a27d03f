import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { readSecret } from '../../src/secrets/secret-reference.ts';
import { relativeMessage, temporaryFolder } from '../folder.ts';

const canary = 's3cr3t-CANARY';

test('readSecret reads an environment variable', async () => {
  const secret = await readSecret('env:ORDERS_SECRET', { env: { ORDERS_SECRET: canary } });

  expect(secret.unwrap().expose()).toBe(canary);
  expect(secret).toHideSecrets(canary);
});

test.each([
  ['unset', {}, 'names the environment variable ORDERS_SECRET, which is not set: set it, or correct the name'],
  [
    'empty',
    { ORDERS_SECRET: '' },
    'names the environment variable ORDERS_SECRET, which is empty: put the secret there',
  ],
])('the error names a variable that is %s', async (_, env, message) => {
  const error = (await readSecret('env:ORDERS_SECRET', { env })).unwrapErr();

  expect(error).toMatchObject({ code: 'CONFIG', problems: [{ path: '' }] });
  expect(error.message).toContain(message);
});

test('readSecret uses only the passed variables, neither inherited properties nor process.env', async () => {
  const inherited = await readSecret('env:constructor', { env: {} });
  const withoutAny = await readSecret('env:PATH');

  expect([inherited.isErr(), withoutAny.isErr()]).toEqual([true, true]);
});

test.each([
  ['no line break', canary, canary],
  ['one LF', `${canary}\n`, canary],
  ['one CRLF', `${canary}\r\n`, canary],
  ['a byte order mark', `\u{feff}${canary}\n`, canary],
  ['a space inside', 'two words\n', 'two words'],
])('the secret is read from a file with %s', async (_, text, expected) => {
  using folder = temporaryFolder();
  const file = folder.write('secret', text);

  expect((await readSecret(`file:${file}`)).unwrap().expose()).toBe(expected);
});

test.each([
  ['two line breaks', `${canary}\n\n`, 'has white space around the secret'],
  ['a space at its end', `${canary} \n`, 'has white space around the secret'],
  ['a space at its beginning', ` ${canary}`, 'has white space around the secret'],
  ['two lines', `${canary}\nx: y`, 'has a line break or control character in the secret'],
  ['a NUL', `${canary}\0x`, 'has a line break or control character in the secret'],
  ['no content', '', 'is empty: put the secret there'],
  ['a line break alone', '\n', 'is empty: put the secret there'],
  ['invalid UTF-8', new Uint8Array([0xff, 0xfe, 0x41]), 'is not UTF-8'],
  ['more than 64 KiB', 'x'.repeat(65_537), 'is larger than 64 KiB'],
])('a secret file with %s is rejected with its name', async (_, text, reason) => {
  using folder = temporaryFolder();
  const file = folder.write('secret', text);

  const error = (await readSecret(`file:${file}`)).unwrapErr();

  expect(relativeMessage(error, folder)).toContain(`names the file secret, which ${reason}`);
  expect(error).toHideSecrets(canary);
});

test.each([
  ['missing', () => {}, 'does not exist'],
  ['a directory', (path: string) => mkdirSync(path), 'is a directory'],
  ['a pipe', (path: string) => execFileSync('sh', ['-c', `mkfifo '${path}'`]), 'is not a regular file'],
  ['a device', (path: string) => symlinkSync('/dev/zero', path), 'is not a regular file'],
  ['a link to itself', (path: string) => symlinkSync(path, path), 'is a symbolic link to itself'],
])('a secret file that is %s is rejected without waiting', async (_, make, reason) => {
  using folder = temporaryFolder();
  make(join(folder.path, 'secret'));

  const error = (await readSecret(`file:${join(folder.path, 'secret')}`)).unwrapErr();

  expect(relativeMessage(error, folder)).toContain(`names the file secret, which ${reason}`);
});

test.skipIf(getuid?.() === 0)('a secret file that this user cannot read is reported', async () => {
  using folder = temporaryFolder();
  const file = folder.write('secret', canary, 0o000);

  const error = (await readSecret(`file:${file}`)).unwrapErr();

  expect(error.message).toContain('which is not readable by this user');
});

test.each([0o604, 0o602, 0o640, 0o620, 0o644, 0o777])(
  'a secret file of mode %i is rejected, and the message shows the chmod command',
  async (mode) => {
    using folder = temporaryFolder();
    const file = folder.write('secret', canary);
    chmodSync(file, mode);

    const error = (await readSecret(`file:${file}`)).unwrapErr();

    expect(relativeMessage(error, folder)).toContain(
      `which other users may read or write (mode 0${mode.toString(8)}): chmod 600 secret`,
    );
    expect(error).toHideSecrets(canary);
  },
);

test.skipIf(getuid?.() !== 0)(
  'for root a file that a group can read is rejected, because root needs no group',
  async () => {
    using folder = temporaryFolder();
    const file = folder.write('secret', canary);
    chownSync(file, 1234, 1234);
    chmodSync(file, 0o440);

    expect((await readSecret(`file:${file}`)).unwrapErr().message).toContain('(mode 0440)');
  },
);

test.each([0o600, 0o400])('a secret file of mode %i is accepted', async (mode) => {
  using folder = temporaryFolder();
  const file = folder.write('secret', canary);
  chmodSync(file, mode);

  expect((await readSecret(`file:${file}`)).isOk()).toBe(true);
});

test('a mounted Kubernetes secret is read through its links, always the current version', async () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'v1'));
  mkdirSync(join(folder.path, 'v2'));
  folder.write('v1/secret', 'first-secret\n');
  folder.write('v2/secret', 'second-secret\n');
  symlinkSync('v1', join(folder.path, '..data'));
  symlinkSync('..data/secret', join(folder.path, 'secret'));
  const reference = `file:${join(folder.path, 'secret')}`;

  const before = (await readSecret(reference)).unwrap().expose();
  symlinkSync('v2', join(folder.path, '..new'));
  renameSync(join(folder.path, '..new'), join(folder.path, '..data')); // Kubernetes replaces the link in this way
  const after = (await readSecret(reference)).unwrap().expose();

  expect([before, after]).toEqual(['first-secret', 'second-secret']);
});

test.each([canary, '', 'env:', `env:${canary}`, 'file:', 'ENV:X', 'https://vault.internal/x', 'env:A B'])(
  '%j is not a reference and is not shown',
  async (reference) => {
    const error = (await readSecret(reference)).unwrapErr();

    expect(error.message).toContain('must be env:NAME or file:/path, because secrets do not belong in a config');
    expect(error).toHideSecrets(canary);
  },
);

test('a private key may have many lines, and is checked as a key', async () => {
  using folder = temporaryFolder();
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' });
  const encrypted = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'pem',
    type: 'pkcs8',
    cipher: 'aes-128-cbc',
    passphrase: canary,
  });
  const key = folder.write('key.pem', pem);
  const locked = folder.write('locked.pem', encrypted);

  const good = await readSecret(`file:${key}`, { kind: 'key' });
  const bad = await readSecret(`file:${locked}`, { kind: 'key' });

  expect(good.unwrap().expose()).toBe(String(pem).trimEnd());
  expect(relativeMessage(bad.unwrapErr(), folder)).toContain('locked.pem, which is not a private key');
  expect(bad).toHideSecrets(String(encrypted).slice(100, 140));
});

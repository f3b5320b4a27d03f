import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteStore } from '@bearings/user-tokens/sqlite';
import { afterAll, expect, test } from 'vitest';
import { createUsers } from '../create-users.ts';
import { grant } from './rows.ts';

const root = mkdtempSync(join(tmpdir(), 'bearings-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const newFolder = (): string => join(root, `folder${(count += 1)}`);
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('the file is for its owner alone, and so is its folder, whatever the umask', async () => {
  const folder = newFolder();
  const before = process.umask(0);
  const store = sqliteStore({ path: join(folder, 'deep', 'grants.db') });
  try {
    await store.open();
    await store.insert(grant());
  } finally {
    process.umask(before);
  }

  const files = readdirSync(join(folder, 'deep'));
  expect([mode(folder), mode(join(folder, 'deep'))]).toEqual(['700', '700']);
  expect(files.toSorted()).toEqual(['grants.db', 'grants.db-shm', 'grants.db-wal']);
  expect(files.map((file) => mode(join(folder, 'deep', file)))).toEqual(['600', '600', '600']);
  await store.close();
});

test('a symbolic link is refused, and what it leads to is not touched', async () => {
  const folder = newFolder();
  mkdirSync(folder, { mode: 0o700 });
  const target = join(folder, 'target');
  writeFileSync(target, '', { mode: 0o600 });
  symlinkSync(target, join(folder, 'grants.db'));

  const opened = sqliteStore({ path: join(folder, 'grants.db') }).open();

  await expect(opened).rejects.toMatchObject({ code: 'STORE', reason: 'insecure_file' });
  expect(readFileSync(target, 'utf8')).toBe('');
});

test('a link that leads nowhere is refused, and nothing is created there', async () => {
  const folder = newFolder();
  mkdirSync(folder, { mode: 0o700 });
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'grants.db'));

  const opened = sqliteStore({ path: join(folder, 'grants.db') }).open();

  await expect(opened).rejects.toMatchObject({ reason: 'insecure_file' });
  expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
});

test('a file that others can read is refused, with the command that helps', async () => {
  const folder = newFolder();
  mkdirSync(folder, { mode: 0o700 });
  const path = join(folder, 'grants.db');
  writeFileSync(path, '');
  chmodSync(path, 0o644);

  await expect(sqliteStore({ path }).open()).rejects.toThrow(`can be read by others. Run chmod 600 ${path}`);
});

test('a folder that others can change is refused', async () => {
  const folder = newFolder();
  mkdirSync(folder);
  chmodSync(folder, 0o777);

  await expect(sqliteStore({ path: join(folder, 'grants.db') }).open()).rejects.toThrow('can be changed by others');
});

test('a file that is not a database is an error, and stays as it is', async () => {
  const folder = newFolder();
  mkdirSync(folder, { mode: 0o700 });
  const path = join(folder, 'grants.db');
  writeFileSync(path, 'not a database, but a text of some length'.repeat(40), { mode: 0o600 });

  await expect(sqliteStore({ path }).open()).rejects.toMatchObject({ code: 'STORE' });
  expect(readFileSync(path, 'utf8')).toContain('not a database');
});

test.each([[''], [':memory:'], ['a\0b']])('the path %j is refused', (path) => {
  expect(() => sqliteStore({ path })).toThrow('path must be the path of a file');
});

test('no secret is in the files, and after forgetting a user no byte of the user is either', async () => {
  const folder = newFolder();
  const path = join(folder, 'grants.db');
  const store = sqliteStore({ path });
  const { users, connect } = await createUsers({ store });
  await connect({ user: 'alice_of_the_test', lifetimeMs: -1 });
  await users.for({ user: 'alice_of_the_test', connection: 'mail' }).get();
  const read = (): string =>
    readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'latin1'))
      .join('');
  const stored = read();

  await users.forget({ user: 'alice_of_the_test' });
  const left = read();
  await users.close();

  expect(stored).not.toContain('CANARY');
  expect([stored.includes('alice_of_the_test'), left.includes('alice_of_the_test')]).toEqual([true, false]);
});

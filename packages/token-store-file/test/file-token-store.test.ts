import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Token } from '@bearings/oauth-bearer';
import { fakeIssuer } from '@bearings/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileTokenStore } from '../src/index.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bearings-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const mode = (path: string): string => (lstatSync(path).mode & 0o777).toString(8);
const storeKeys = { current: 'k1', keys: { k1: new Uint8Array(32).fill(7) } };

test('the file is created for its owner only, in a folder for its owner only', () => {
  const path = join(folder, 'cache', 'tokens.db');

  fileTokenStore(path).close();

  expect([mode(path), mode(join(folder, 'cache'))]).toEqual(['600', '700']);
});

test('a file and a folder that others can read are closed to them', () => {
  const cache = join(folder, 'cache');
  const path = join(cache, 'tokens.db');
  mkdirSync(cache);
  writeFileSync(path, '');
  chmodSync(cache, 0o755);
  chmodSync(path, 0o644);

  fileTokenStore(path).close();

  expect([mode(path), mode(cache)]).toEqual(['600', '700']);
});

test.each(['file', 'folder'])('a symbolic link in place of the %s is refused', (kind) => {
  const real = join(folder, 'real');
  const link = join(folder, 'link');
  if (kind === 'file') writeFileSync(real, '');
  else mkdirSync(real);
  symlinkSync(real, link);
  const path = kind === 'file' ? link : join(link, 'tokens.db');

  expect(() => fileTokenStore(path)).toThrow(expect.objectContaining({ code: 'CONFIG', field: 'path' }));
  if (kind === 'file') expect(readFileSync(real, 'utf8')).toBe('');
});

test('a file that is not a database is not changed, and a clear error', () => {
  const path = join(folder, 'notes.txt');
  writeFileSync(path, 'the first words of a text that is longer than the head of a database');

  expect(() => fileTokenStore(path)).toThrow(/not a database/);
  expect(readFileSync(path, 'utf8')).toMatch(/^the first words/);
});

test('processes share a token by the file, and the file shows neither token nor client id', async () => {
  const issuer = await fakeIssuer();
  const path = join(folder, 'tokens.db');
  const values = new Set<string>();
  for (let run = 0; run < 3; run += 1) {
    using store = fileTokenStore(path);
    const token = (await Token.create({ ...issuer.credentials, fetch: issuer.fetch, store, storeKeys })).unwrap();
    values.add(token.read().unwrap().secret.expose());
    await token.close();
  }
  const content = readFileSync(path, 'latin1');

  expect(values.size).toBe(1);
  expect([...values, issuer.credentials.clientId].filter((secret) => content.includes(secret))).toEqual([]);
});

test('clear deletes every entry', async () => {
  const issuer = await fakeIssuer();
  using store = fileTokenStore(join(folder, 'tokens.db'));
  const config = { ...issuer.credentials, fetch: issuer.fetch, store, storeKeys };
  await (await Token.create(config)).unwrap().close();

  const counts = [await store.clear(), await store.clear()];

  expect(counts).toEqual([1, 0]);
});

import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCatalogApi } from '../src/demo/catalog-api.ts';
import { startIdentityProvider } from '../src/demo/identity-provider.ts';
import { listenOnLoopback } from '../src/demo/loopback-server.ts';
import { secret } from './test-servers.ts';

const source = join(import.meta.dirname, '../src');
const opened = { folder: '', onRequest: (): void => {}, close: async (): Promise<void> => {} };

beforeAll(async () => {
  const provider = await startIdentityProvider({ clientId: 'shop', clientSecret: secret, scope: 'catalog.read' });
  const api = await startCatalogApi(provider);
  const silent = await listenOnLoopback();
  silent.answerWith(() => opened.onRequest());
  const folder = await mkdtemp(join(tmpdir(), 'gql-test-'));
  const auth = { type: 'oauth2_client_credentials', clientId: 'shop', clientSecretRef: 'env:SHOP_SECRET' };
  const endpoints = {
    catalog: { url: api.url, auth: { ...auth, issuerUrl: provider.issuerUrl, scopes: ['catalog.read'] } },
    silent: { url: silent.origin, auth: { type: 'none' } },
  };
  await writeFile(join(folder, 'gql.json'), JSON.stringify({ endpoints }));
  const close = async (): Promise<void> => {
    await silent.close();
    await api.close();
    await provider.close();
    await rm(folder, { recursive: true });
  };
  Object.assign(opened, { folder, close });
});
afterAll(() => opened.close());

/** Starts the command as a process, with pipes. */
function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
  const env = { ...process.env, SHOP_SECRET: secret };
  return spawn(process.execPath, [join(source, 'main.ts'), ...args], { cwd: opened.folder, env });
}

test('reads a query from a pipe, uses a token of a real provider, and prints data into a pipe', async () => {
  const child = start('api', 'catalog', '-');
  child.stdin.end('{ products(first: 1) { name price } }');

  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);

  expect([child.exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toBe('{\n  "products": [\n    {\n      "name": "A lamp",\n      "price": 4900\n    }\n  ]\n}\n');
});

test('a reader that stops early is not a failure', async () => {
  const child = start('--help');
  child.stdout.destroy();

  const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);

  expect([child.exitCode, stderr]).toEqual([0, '']);
});

test('ctrl-C ends the wait for a response', async () => {
  const child = start('api', 'silent', '{ a }');
  opened.onRequest = () => void child.kill('SIGINT');

  const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);

  expect([child.exitCode, stderr]).toEqual([130, '✗ silent: interrupted\n']);
});

test('every transcript in the README is part of a golden file', async () => {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```text golden\/(\S+)\n(.*?)```/gs)];

  expect(blocks.length).toBeGreaterThan(3);
  for (const [, file = '', block = ''] of blocks) {
    expect(await readFile(join(import.meta.dirname, 'golden', file), 'utf8')).toContain(block);
  }
});

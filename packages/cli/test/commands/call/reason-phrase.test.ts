import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../../src/program.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';
import type { FakeTerminal } from '../../fixtures/fake-terminal.ts';

const secret = 'planted-secret-c09d11';

/** An API that answers with the status of the path, and repeats in its reason phrase what was sent. */
async function callStatus(
  path: string,
  ...flags: readonly string[]
): Promise<FakeTerminal & { readonly code: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (request) => {
      const text = request.toString();
      const [, status = ''] = /^\w+ \/(\d+)/.exec(text) ?? [];
      const [, key = ''] = /^x-api-key: (.*)$/im.exec(text) ?? [];
      socket.end(`HTTP/1.1 ${status} Нет ${key}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'bearings-'));
  onTestFinished(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const auth = '{ type: api_key, keyRef: env:KEY }';
  await writeFile(join(folder, 'bearings.yaml'), `clients:\n  stock: { baseUrl: ${baseUrl}, auth: ${auth} }\n`);
  const terminal = fakeTerminal({ cwd: folder, env: { KEY: secret } });
  const code = await run(['call', 'stock', path, ...flags], terminal);
  return { ...terminal, code };
}

test.each([
  [['404'], 4],
  [['404', '-i'], 4],
  [['404', '-v'], 4],
  [['200', '-i'], 0],
  [['200', '--json'], 0],
  [['503', '-v', '--retry', '0'], 5],
] as const)('a secret in the reason phrase is not printed: call stock %j', async ([path, ...flags], exitCode) => {
  const { code, out, err } = await callStatus(path, ...flags);

  expect([code, (out() + err()).includes(secret)]).toEqual([exitCode, false]);
});

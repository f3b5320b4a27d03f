import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const run = promisify(execFile);
const command = 'packages/token-store-file/test/fixtures/one-token.ts';
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bearings-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A token endpoint that issues t1, t2, …, each after a while. */
async function startEndpoint(delayMs: () => number) {
  const seen = { requests: 0 };
  const server = createServer((request, response) => {
    request.resume();
    seen.requests += 1;
    const access_token = `t${seen.requests}`;
    const answer = async (): Promise<void> => {
      await setTimeout(delayMs());
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ access_token, token_type: 'Bearer', expires_in: 3600 }));
    };
    void answer();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const close = (): void => server.close().closeAllConnections();
  return { url: `http://127.0.0.1:${port}/token`, seen, [Symbol.dispose]: close };
}

test('twelve command lines at once make one token request, and a later one none', async () => {
  using endpoint = await startEndpoint(() => 200);
  const args = [command, join(folder, 'tokens.db'), endpoint.url];

  const together = await Promise.all(Array.from({ length: 12 }, () => run(process.execPath, args)));
  const later = await run(process.execPath, args);

  expect(new Set([...together, later].map(({ stdout }) => stdout))).toEqual(new Set(['t1']));
  expect(endpoint.seen.requests).toBe(1);
});

test('a command line that is killed during its request delays the next one by its lease of 3 s at most', async () => {
  let isSilent = true;
  using endpoint = await startEndpoint(() => (isSilent ? 60_000 : 0));
  const args = [command, join(folder, 'tokens.db'), endpoint.url];
  const killed = spawn(process.execPath, args);
  while (endpoint.seen.requests === 0) await setTimeout(10);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  isSilent = false;
  const startedAt = performance.now();

  const next = await run(process.execPath, args);

  expect(next.stdout).toBe('t2');
  expect(performance.now() - startedAt).toBeLessThan(3_000 + 600 + 3_000); // and the start of a process
});

test('a command line that is suspended beyond its lease replaces no younger token, and takes it', async () => {
  using endpoint = await startEndpoint(() => 200);
  const args = [command, join(folder, 'tokens.db'), endpoint.url];
  const suspended = spawn(process.execPath, args);
  let shown = '';
  suspended.stdout.on('data', (text) => void (shown += text));
  while (endpoint.seen.requests === 0) await setTimeout(10);
  suspended.kill('SIGSTOP');

  const next = await run(process.execPath, args);
  const ended = once(suspended, 'close');
  suspended.kill('SIGCONT');
  await ended;
  const later = await run(process.execPath, args);

  expect([next.stdout, shown, later.stdout]).toEqual(['t2', 't2', 't2']);
  expect(endpoint.seen.requests).toBe(2);
});

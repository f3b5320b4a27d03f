import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRealServers } from './fixtures/real-servers.ts';
import type { RealServers } from './fixtures/real-servers.ts';
import { bearings } from './fixtures/run-process.ts';

// Two smoke tests with real processes. The deep suite has more in main.deep.ts; other tests call run() in-process.
let servers: RealServers;
beforeAll(async () => {
  servers = await startRealServers();
});
afterAll(() => servers[Symbol.asyncDispose]());

test('a call in a pipe prints the body and nothing else', async () => {
  const outcome = await bearings(['call', 'orders', 'v1/orders/42'], { cwd: servers.folder, env: servers.env });

  expect(outcome).toEqual({ code: 0, out: '{"id":"42","total":99.5}', err: '' });
});

test('ctrl-C ends a call with exit code 130', async () => {
  const { code, out } = await bearings(['call', 'orders', 'v1/echo', '-d', '@-'], {
    cwd: servers.folder,
    env: servers.env,
    onStart(child) {
      child.stdin?.write('a beginning without an end');
      const before = servers.provider.tokenRequests;
      const kill = (): void => {
        if (servers.provider.tokenRequests > before) child.kill('SIGINT');
        else setImmediate(kill);
      };
      kill();
    },
  });

  expect({ code, out }).toEqual({ code: 130, out: '' });
});

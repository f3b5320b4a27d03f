import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

test('twenty processes keep every promise, and the command ends by itself', async () => {
  const { stdout } = await run(process.execPath, ['examples/fleet/src/main.ts'], { timeout: 120_000 });

  const counts = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(counts).toMatchObject({ replicas: 20, failed: 0 });
});

test('without a store the same story costs a token request for each process in each part', async () => {
  const args = ['examples/fleet/src/main.ts', '--without-store'];
  const { stdout } = await run(process.execPath, args, { timeout: 120_000 });

  const counts = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(counts).toMatchObject({ replicas: 20, failed: 0, fallbacks: 0 });
  expect(counts.tokenRequests).toBeGreaterThanOrEqual(5 * 20);
});

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

test('the main job keeps its promises and ends by itself', { timeout: 60_000 }, async () => {
  const { stdout } = await run(process.execPath, ['examples/service-to-service/src/main.ts'], { timeout: 50_000 });

  const counts = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(counts).toMatchObject({ discovery: 1, failed: 0, rotations: 1, unauthorizedSeenByCaller: 0 });
  expect(counts.calls).toBeGreaterThan(300);
});

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

test('twenty processes keep every promise, and the command ends by itself', async () => {
  const { stdout } = await run(process.execPath, ['examples/fleet/src/main.ts'], { timeout: 120_000 });

  const counts = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(counts).toMatchObject({ replicas: 20, failed: 0 });
});

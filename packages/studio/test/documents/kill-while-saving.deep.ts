import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createFolder } from '../folder.ts';

const saver = fileURLToPath(new URL('../fixtures/save-often.ts', import.meta.url));

test('a process that is killed while it saves leaves the old file or a new one, never a part', async () => {
  const folder = createFolder();
  const file = folder.write('bearings.yaml', `a: ${'0'.repeat(100_000)}\n`);
  const seen = new Set<string>();

  for (let round = 0; round < 25; round += 1) {
    const child = spawn(process.execPath, [saver, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await new Promise((resolve) => setTimeout(resolve, round * 3));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const text = folder.read('bearings.yaml');
    expect(text).toMatch(/^a: (\d)\1{99999}\n$/);
    seen.add(text.slice(3, 4));
  }

  expect(seen.size).toBeGreaterThan(1);
});

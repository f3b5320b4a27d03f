import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../man');
const hasMan = spawnSync('man', ['--version'], { stdio: 'ignore' }).status === 0;

test.for(globSync('*.1', { cwd: folder }))('man shows %s without a warning', (page, { skip }) => {
  skip(!hasMan, 'man is not installed');

  const shown = spawnSync('man', ['--local-file', '--warnings', join(folder, page)], {
    encoding: 'utf8',
    env: { ...process.env, MANWIDTH: '80', LC_ALL: 'C.UTF-8' },
  });

  expect(shown.stderr).toBe('');
  expect(shown.stdout).toMatch(/^NAME\n {7}bearings/m);
});

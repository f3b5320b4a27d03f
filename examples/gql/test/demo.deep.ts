import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const demo = join(import.meta.dirname, '../src/demo.ts');

test('the output of the demo is the golden file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gql-demo-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const screen = await open(join(folder, 'screen'), 'w');
  const child = spawn(process.execPath, [demo], { stdio: ['ignore', screen.fd, screen.fd] });
  await once(child, 'close');
  await screen.close();

  const shown = await readFile(join(folder, 'screen'), 'utf8');
  expect(child.exitCode).toBe(0);
  await expect(
    shown
      .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'https://id')
      .replaceAll(/(?:10 min|9 min \d+ s), until \S+/g, '10 min, until …'),
  ).toMatchFileSnapshot('golden/demo.txt');
});

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const folder = join(import.meta.dirname, '..');

/** A line without its time. */
const withoutTime = (line: string): string => line.replace(/^ *\d+ ms/, '');

test('the demo keeps its promises, ends by itself, and the README shows what it prints', async () => {
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  const [, shown = ''] = /```text\n(.*?)\n```/s.exec(readme) ?? [];

  const env = { ...process.env, NO_COLOR: '1' };
  const { stdout, stderr } = await run(process.execPath, [join(folder, 'src/main.ts')], { env, timeout: 60_000 });

  expect(stderr).toBe('');
  expect(stdout.trimEnd().split('\n').map(withoutTime)).toEqual(shown.split('\n').map(withoutTime));
});

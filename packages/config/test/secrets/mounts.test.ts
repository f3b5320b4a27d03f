import { expect, test } from 'vitest';
import { readMounts } from '../../src/secrets/mounts.ts';
import { temporaryFolder } from '../folder.ts';

/** A line of `/proc/self/mountinfo` (proc(5)). */
const line = (point: string, options = 'rw,relatime'): string => `36 35 98:0 / ${point} ${options} - tmpfs tmpfs rw`;

test('a file is on the mount with the longest path above it, and on the last one there', async () => {
  using folder = temporaryFolder();
  const file = folder.write('secret', 'x');
  const info = [line('/'), line(folder.path), line(folder.path, 'ro'), line(`${folder.path}-other`)].join('\n');

  const mounts = await readMounts(async () => info);

  expect(await mounts.find(file)).toEqual({ point: folder.path, isReadOnly: true });
});

test('a mount point with a space is read as it is', async () => {
  using folder = temporaryFolder();
  const file = folder.write('a secret', 'x');

  const mounts = await readMounts(async () => line(file.replace(' ', '\\040')));

  expect(await mounts.find(file)).toEqual({ point: file, isReadOnly: false });
});

test.each([
  [line('/etc/hosts'), true],
  [line('/etc/hosts.d'), false],
  ['', false],
  ['not a mount', false],
])('%j is a container: %j', async (info, expected) => {
  expect((await readMounts(async () => info)).isContainer).toBe(expected);
});

test('a file that is not there is on no mount', async () => {
  expect(await (await readMounts(async () => line('/'))).find('/none/of/these')).toBeUndefined();
});

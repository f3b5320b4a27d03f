import { execFileSync } from 'node:child_process';
import { getuid } from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';

const script = fileURLToPath(new URL('load-and-print.ts', import.meta.url));
const printed = z.object({
  isOk: z.boolean(),
  isReadAlone: z.boolean(),
  warnings: z.array(z.string()),
  error: z.string(),
});

/** Runs shell commands in a mount namespace of their own, with an empty `/run`, then loads a config with a secret in `file`. */
function loadMounted(commands: string, file: string, setting = ''): z.output<typeof printed> {
  const load = `exec "${process.execPath}" "${script}" "${file}" "${setting}"`;
  const shell = `set -e; mount -t tmpfs tmpfs /run; umask 022; ${commands}; ${load}`;
  return printed.parse(JSON.parse(execFileSync('unshare', ['--mount', 'sh', '-c', shell], { encoding: 'utf8' })));
}

function canMount(): boolean {
  try {
    if (getuid?.() !== 0) return false;
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/run'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const isThere = canMount(); // a container without the right to mount, and other systems, skip these

/** A folder below /run with a file, on the file system of /run. */
const write = (file: string, mode: string): string =>
  `mkdir -p "$(dirname ${file})"; printf 's3cr3t\\n' > ${file}; chmod ${mode} ${file}`;
const kubernetes = (folder: string): string =>
  `mkdir -p ${folder}; mount -t tmpfs tmpfs ${folder}; ${write(`${folder}/..v1/token`, '0644')}; ` +
  `ln -s ..v1 ${folder}/..data; ln -s ..data/token ${folder}/token`;
/** What the runtime of a container does. */
const container = 'mount --bind /etc/hosts /etc/hosts';

const warning = (file: string, mode: string): string =>
  `clients.orders.auth.tokenRef names the file ${file}, which other users may read (mode ${mode}), and is used because it is in a container`;

interface MountedFile {
  readonly as: string;
  readonly commands: string;
  readonly file: string;
  readonly mode: string;
}

test.skipIf(!isThere).each<MountedFile>([
  {
    as: 'Kubernetes, a volume below /run/secrets',
    commands: kubernetes('/run/secrets/app'),
    file: '/run/secrets/app/token',
    mode: '0644',
  },
  {
    as: 'Kubernetes, a volume elsewhere',
    commands: `${kubernetes('/run/vault')}; ${container}`,
    file: '/run/vault/token',
    mode: '0644',
  },
  {
    as: 'Docker Swarm, a tmpfs',
    commands: `mkdir -p /run/secrets; mount -t tmpfs tmpfs /run/secrets; ${write('/run/secrets/token', '0444')}`,
    file: '/run/secrets/token',
    mode: '0444',
  },
  {
    as: 'Docker Compose, one file',
    commands: `${write('/run/host/token', '0644')}; ${write('/run/secrets/token', '0644')}; mount --bind /run/host/token /run/secrets/token`,
    file: '/run/secrets/token',
    mode: '0644',
  },
  {
    as: 'an image, in a container',
    commands: `${write('/run/app/token', '0644')}; ${container}`,
    file: '/run/app/token',
    mode: '0644',
  },
])('a secret file as $as mounts it is used, with one warning', ({ commands, file, mode }) => {
  const { isOk, isReadAlone, warnings, error } = loadMounted(commands, file);

  expect(error).toBe('');
  expect([isOk, isReadAlone]).toEqual([true, true]);
  expect(warnings).toEqual([warning(file, mode)]);
});

test.skipIf(!isThere).each([
  ['on an ordinary folder', write('/run/app/token', '0644'), '/run/app/token'],
  ['in an ordinary folder named /run/secrets', write('/run/secrets/token', '0644'), '/run/secrets/token'],
  ['on a mount elsewhere', kubernetes('/run/vault'), '/run/vault/token'],
  ['on a mount whose name only begins so', kubernetes('/run/secrets-of-others'), '/run/secrets-of-others/token'],
  [
    'by a link from /run/secrets to an ordinary folder',
    `${write('/run/app/token', '0644')}; mkdir -p /run/secrets; mount -t tmpfs tmpfs /run/secrets; ln -s /run/app/token /run/secrets/token`,
    '/run/secrets/token',
  ],
  ['that others can write, in a container', `${write('/run/app/token', '0646')}; ${container}`, '/run/app/token'],
])('a readable secret file %s is refused', (_, commands, file) => {
  const { isOk, isReadAlone, error } = loadMounted(commands, file);

  expect([isOk, isReadAlone]).toEqual([false, false]);
  expect(error).toContain(`names the file ${file}, which other users may read or write`);
});

test.skipIf(!isThere)(
  'the setting secretFiles.readableByOthers allows a readable file anywhere, without a warning',
  () => {
    const commands = write('/run/app/token', '0644');

    expect(loadMounted(commands, '/run/app/token', 'true')).toMatchObject({
      isOk: true,
      isReadAlone: false,
      warnings: [],
    });
    expect(loadMounted(commands, '/run/app/token', 'false').error).toContain(
      'or set secretFiles: { readableByOthers: true } where no other user has an account',
    );
  },
);

test.skipIf(!isThere)('the setting does not allow a file that others can write', () => {
  expect(loadMounted(write('/run/app/token', '0646'), '/run/app/token', 'true').isOk).toBe(false);
});

test.skipIf(!isThere)('on a read-only mount the modes for writing do not count', () => {
  const commands =
    `mkdir -p /run/secrets; mount -t tmpfs tmpfs /run/secrets; ${write('/run/secrets/token', '0777')}; ` +
    'mount -o remount,ro /run/secrets';

  expect(loadMounted(commands, '/run/secrets/token')).toMatchObject({ isOk: true });
});

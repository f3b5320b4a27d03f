import { readFile, realpath } from 'node:fs/promises';

/** What is mounted. */
export interface Mounts {
  /** True in an application container: its runtime mounts `/etc/hosts`, as those of Docker, Podman and Kubernetes do. */
  readonly isContainer: boolean;
  /** The mount that holds a file. */
  readonly find: (path: string) => Promise<Mount | undefined>;
}

/** One mount. */
interface Mount {
  readonly point: string;
  readonly isReadOnly: boolean;
}

/**
 * The mounts of Linux. On other systems there are none.
 *
 * @param readInfo - reads them in the format of `/proc/self/mountinfo`
 */
export async function readMounts(readInfo: () => Promise<string> = readMountInfo): Promise<Mounts> {
  const mounts = (await readInfo()).split('\n').flatMap((line) => parseMount(line) ?? []);
  return {
    isContainer: mounts.some(({ point }) => point === '/etc/hosts'),
    find: async (path) => {
      const longest = longestPoint(mounts, await resolvePath(path));
      // a later mount hides an earlier one at the same place
      return mounts.findLast(({ point }) => point === longest);
    },
  };
}

/** Empty where there is no such file. */
async function readMountInfo(): Promise<string> {
  try {
    return await readFile('/proc/self/mountinfo', 'utf8');
  } catch {
    return '';
  }
}

/** A file that was replaced in the meantime is not on a known mount. */
async function resolvePath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return '';
  }
}

/** `36 35 98:0 / /run/secrets ro,noatime …`: the fifth field is the mount point, the sixth has its options (proc(5)). */
function parseMount(line: string): Mount | undefined {
  const [, , , , point, options] = line.split(' ');
  if (point === undefined || options === undefined) return undefined;
  return { point: unescapeOctal(point), isReadOnly: options.split(',').includes('ro') };
}

/** Space, tab, line break and backslash are octal there. */
const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

function longestPoint(mounts: readonly Mount[], path: string): string | undefined {
  const holding = mounts.map(({ point }) => point).filter((point) => isBelow(path, point));
  return holding.toSorted((one, other) => other.length - one.length)[0];
}

/** True for the folder itself, and for what is in it. */
export const isBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);

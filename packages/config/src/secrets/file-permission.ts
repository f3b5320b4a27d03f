import { geteuid } from 'node:process';
import { toSafeLine } from '../document/document-path.ts';
import type { Issue } from '../document/issue.ts';
import type { SmallFile } from '../document/small-file.ts';
import { isBelow, readMounts } from './mounts.ts';
import type { Mounts } from './mounts.ts';

/** Which secret files may be used. */
export interface FileRules {
  /** Allows every secret file that other users can read. Default: false, and no error names this setting. */
  readonly readableByOthers?: boolean | undefined;
  /** Called with the issue of a file that is used although other users can read it. Default: not called. */
  readonly onReadable?: ((issue: Issue) => void) | undefined;
}

/** A secret file and its place in a message. */
export interface CheckedFile {
  readonly path: string;
  /** The start of the sentence: `names the file /run/secrets/orders, which`. */
  readonly where: string;
  readonly stats: SmallFile['stats'];
}

/**
 * The issue of a file that must not be used; `undefined` for one that may.
 *
 * The rule of ssh for key files: no access for other users. Read access for the group is allowed if this user needs it, as
 * in a Kubernetes pod. Docker and Kubernetes mount secrets so that all can read them, where no other user is: in a container,
 * and at a mount below `/run/secrets`, such a file is used, and reported.
 */
export async function permissionIssue(file: CheckedFile, rules: FileRules): Promise<Issue | undefined> {
  if (!isOpenToOthers(file.stats)) return undefined;
  const { readableByOthers, onReadable = () => {} } = rules;
  const mounts = await readMounts();
  const mount = await mounts.find(file.path);
  const isWritable = (file.stats.mode & 0o022) !== 0 && mount?.isReadOnly !== true;
  if (isWritable) return openIssue(file);
  if (readableByOthers === true) return undefined;
  if (!isOfContainer(mounts, mount?.point)) return openIssue(file, readableByOthers === false ? `, or ${setting}` : '');
  onReadable(mountedIssue(file, readableByOthers === false ? `, or ${setting}` : ''));
  return undefined;
}

/** Whether a file may be used although other users can read it. */
export async function mayBeReadable(path: string, { readableByOthers }: FileRules): Promise<boolean> {
  if (readableByOthers === true) return true;
  const mounts = await readMounts();
  return isOfContainer(mounts, (await mounts.find(path))?.point);
}

/** Where Docker, Podman and Kubernetes mount secrets; `/var/run` is a link to `/run`, or a folder of its own in some images. */
const secretFolders = ['/run/secrets', '/var/run/secrets'];

const isOfContainer = ({ isContainer }: Mounts, point = ''): boolean =>
  isContainer || secretFolders.some((folder) => isBelow(point, folder));

function isOpenToOthers({ mode, uid }: SmallFile['stats']): boolean {
  const self = geteuid?.();
  if (self === undefined) return false; // Windows has no modes
  const isByGroup = uid !== self && self !== 0 && (mode & 0o070) === 0o040; // the owner and root do not need the group
  return (mode & 0o007) !== 0 || ((mode & 0o070) !== 0 && !isByGroup);
}

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');

const setting = 'set secretFiles: { readableByOthers: true } where no other user has an account';

/** With the command that corrects it. */
const openIssue = ({ where, path, stats }: CheckedFile, alternative = ''): Issue => ({
  found: `${where} other users may read or write (mode ${octal(stats.mode)})`,
  expected: `chmod 600 ${toSafeLine(path)} (in Kubernetes: defaultMode: 0400, and fsGroup if the user is not root)${alternative}`,
});

const mountedIssue = ({ where, stats }: CheckedFile, alternative: string): Issue => ({
  found: `${where} other users may read (mode ${octal(stats.mode)}), and is used because it is in a container`,
  expected: `mount it with mode 0400${alternative}`,
});

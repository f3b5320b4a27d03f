import { geteuid } from 'node:process';
import { toSafeLine } from '../document/document-path.ts';
import type { Issue } from '../document/issue.ts';
import type { SmallFile } from '../document/small-file.ts';

/**
 * The rule of ssh for key files: no access for other users. Read access for the group is allowed only if this user
 * needs it, as in a Kubernetes pod. The owner and root do not need it.
 */
export function isOpenToOthers({ mode, uid }: SmallFile['stats']): boolean {
  const self = geteuid?.();
  if (self === undefined) return false; // Windows has no modes
  const isByGroup = uid !== self && self !== 0 && (mode & 0o070) === 0o040;
  return (mode & 0o007) !== 0 || ((mode & 0o070) !== 0 && !isByGroup);
}

/** The issue of a file that others may read, with the command that corrects it. */
export function permissionIssue(where: string, path: string, { mode }: SmallFile['stats']): Issue {
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  return {
    found: `${where} other users may read or write (mode ${octal})`,
    expected: `chmod 600 ${toSafeLine(path)} (in Kubernetes: defaultMode: 0400, and fsGroup if the user is not root)`,
  };
}

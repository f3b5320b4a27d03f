import { X509Certificate } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { toSafeLine } from '../document/document-path.ts';
import type { Issue } from '../document/issue.ts';
import { readSmallFile } from '../document/small-file.ts';
import { permissionIssue } from './file-permission.ts';
import type { FileRules } from './file-permission.ts';

/**
 * A file that a field names by its path. `certificateFile`: certificates. `keyFile`: a private key, which other users cannot
 * read. Both are PEM. `tokenFile`: a token that another party replaces; it is checked when it is used.
 */
export type NamedFileKind = 'certificateFile' | 'keyFile' | 'tokenFile';

const kinds: readonly unknown[] = ['certificateFile', 'keyFile', 'tokenFile'] satisfies readonly NamedFileKind[];

/** True for a field that names a file, and false for one that has a reference to a secret. */
export const isNamedFile = (kind: unknown): kind is NamedFileKind => kinds.includes(kind);

const limitBytes = 1024 * 1024;

/** Checks that a file exists and has the right content. */
export async function checkNamedFile(
  path: string,
  kind: NamedFileKind,
  rules: FileRules,
): Promise<Result<undefined, Issue>> {
  const where = `names the file ${toSafeLine(path)}, which`;
  const read = await readSmallFile({ path, limitBytes });
  if (read.isErr()) return Err({ ...read.error, found: `${where} ${read.error.found}` });
  const { text, stats } = read.value;
  if (kind === 'tokenFile') return Ok(undefined);
  if (kind === 'certificateFile') return isCertificate(text) ? Ok(undefined) : Err(notPem(where, 'certificate'));
  const issue = await permissionIssue({ path, where, stats }, rules);
  if (issue !== undefined) return Err(issue);
  return text.includes('PRIVATE KEY-----') ? Ok(undefined) : Err(notPem(where, 'private key'));
}

/** Checks the name of a file that need not exist yet. */
export function checkFileName(path: string): Result<undefined, Issue> {
  if (isAbsolute(path)) return Ok(undefined);
  return Err({
    found: 'names a file by a relative path, which works only in a config file',
    expected: 'must be an absolute path here',
  });
}

const notPem = (where: string, what: string): Issue => ({
  found: `${where} has no ${what} in PEM`,
  expected: `name a file that begins with -----BEGIN ${what.toUpperCase()}-----`,
});

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== undefined;
  } catch {
    return false;
  }
}

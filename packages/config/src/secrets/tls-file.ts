import { X509Certificate } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { toSafeLine } from '../document/document-path.ts';
import type { Issue } from '../document/issue.ts';
import { readSmallFile } from '../document/small-file.ts';
import { isOpenToOthers, permissionIssue } from './file-permission.ts';

/** `certificateFile`: certificates. `keyFile`: a private key, which other users cannot read. Both are PEM. */
export type TlsFileKind = 'certificateFile' | 'keyFile';

const limitBytes = 1024 * 1024;

/** Checks that a file of certificates or a key exists and has the right content. */
export async function checkTlsFile(path: string, kind: TlsFileKind): Promise<Result<undefined, Issue>> {
  const where = `names the file ${toSafeLine(path)}, which`;
  const read = await readSmallFile({ path, limitBytes });
  if (read.isErr()) return Err({ ...read.error, found: `${where} ${read.error.found}` });
  const { text, stats } = read.value;
  if (kind === 'certificateFile') return isCertificate(text) ? Ok(undefined) : Err(notPem(where, 'certificate'));
  if (isOpenToOthers(stats)) return Err(permissionIssue(where, path, stats));
  return text.includes('PRIVATE KEY-----') ? Ok(undefined) : Err(notPem(where, 'private key'));
}

/** Checks the name of a file that need not exist yet. */
export function checkTlsFileName(path: string): Result<undefined, Issue> {
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

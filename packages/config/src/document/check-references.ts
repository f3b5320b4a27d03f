import type { Result } from 'ts-results';
import type { FileRules } from '../secrets/file-permission.ts';
import { checkFileName, checkNamedFile, isNamedFile } from '../secrets/named-file.ts';
import { parseReference, resolveSecret } from '../secrets/secret-reference.ts';
import type { Environment } from '../secrets/secret-reference.ts';
import type { DocumentPath } from './document-path.ts';
import type { Issue, PathIssue } from './issue.ts';
import type { SecretField } from './schema-fields.ts';

/** What references are checked with. */
export interface ReferenceContext {
  readonly env: Environment;
  /** Whether the secret at a path must exist now. */
  readonly isNeeded: (path: DocumentPath) => boolean;
  readonly rules: FileRules;
  /** Called once for each file that is used although other users can read it. */
  readonly warn: (issue: PathIssue) => void;
}

/** The references whose secret does not exist or is not valid. */
export async function checkReferences(
  references: readonly SecretField[],
  { isNeeded, warn, ...context }: ReferenceContext,
): Promise<readonly PathIssue[]> {
  const issues: PathIssue[] = [];
  const seen = new Map<string, Result<unknown, Issue>>(); // reads one file at a time, and each file once
  for (const { path, reference, kind } of references) {
    const needed = isNeeded(path);
    const known = `${needed} ${kind} ${reference}`;
    const rules = { ...context.rules, onReadable: (issue: Issue) => warn({ path, ...issue }) };
    const secret = seen.get(known) ?? (await checkReference({ reference, kind }, { ...context, rules, needed }));
    seen.set(known, secret);
    if (secret.isErr()) issues.push({ path, ...secret.error });
  }
  return issues;
}

async function checkReference(
  { reference, kind }: Pick<SecretField, 'reference' | 'kind'>,
  { env, rules, needed }: Pick<ReferenceContext, 'env' | 'rules'> & { readonly needed: boolean },
): Promise<Result<unknown, Issue>> {
  if (isNamedFile(kind)) {
    const named = checkFileName(reference);
    return needed && named.isOk() ? checkNamedFile(reference, kind, rules) : named;
  }
  return needed ? resolveSecret(reference, { ...rules, env, kind }) : parseReference(reference);
}

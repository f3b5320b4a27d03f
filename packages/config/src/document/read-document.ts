import { resolve } from 'node:path';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { z } from 'zod';
import type { DocumentPath } from './document-path.ts';
import type { Issue, PathIssue } from './issue.ts';
import { openDocument } from './document-source.ts';
import { InvalidConfigError, createProblem } from './invalid-config-error.ts';
import type { Problem } from './invalid-config-error.ts';
import { findSchemaFields } from './schema-fields.ts';
import type { SecretField } from './schema-fields.ts';
import { absoluteReference, resolveSecret, parseReference } from '../secrets/secret-reference.ts';
import type { Environment } from '../secrets/secret-reference.ts';
import { checkTlsFile, checkTlsFileName } from '../secrets/tls-file.ts';
import type { TlsFileKind } from '../secrets/tls-file.ts';
import { toIssues } from './zod-issues.ts';

/** Options of `readDocument`. */
export interface DocumentOptions {
  /** The environment variables for `env:NAME`, usually the process environment. Default: none. */
  readonly env?: Environment | undefined;
  /** Whether the secret at a path must exist now. Its reference must be valid in any case. Default: all must exist. */
  readonly isNeeded?: (path: DocumentPath) => boolean;
}

/**
 * Reads a document by your own schema. `source` is the path of a YAML or JSON file, or an object.
 *
 * The error lists all problems, with line and column for a file: values that the schema does not allow, and secrets
 * that a `secretReference` names but that do not exist. In the result, paths of secret files are absolute. Relative
 * paths start from the folder of the document.
 */
export async function readDocument<S extends z.ZodType>(
  source: string | object,
  schema: S,
  { env = {}, isNeeded = () => true }: DocumentOptions = {},
): Promise<Result<z.output<S>, InvalidConfigError>> {
  const opened = await openDocument(source);
  if (opened.isErr()) return opened;
  const { value, folder, subject, problems, locate: where } = opened.value;
  const { references, fieldsAt } = findSchemaFields(schema, value);
  const absolute = folder === undefined ? references : references.map((place) => resolveIn(place, folder));
  const document = withReferences(value, new Map(absolute.map(({ path, reference }) => [key(path), reference])));
  const parsed = await schema.safeParseAsync(document);
  const invalid = parsed.success ? [] : parsed.error.issues.flatMap((issue) => toIssues(issue, { document, fieldsAt }));
  const issues = [...withoutDuplicates(invalid), ...(await unresolvedSecrets(absolute, { env, isNeeded }))];
  const all = [...problems, ...issues.map(({ path, ...issue }) => createProblem(path, issue, where(path)))];
  if (parsed.success && all.length === 0) return Ok(parsed.data);
  return Err(new InvalidConfigError(subject, all.toSorted(byPosition)));
}

const resolveIn = (place: SecretField, folder: string): SecretField => ({
  ...place,
  reference: isTlsFile(place.kind) ? resolve(folder, place.reference) : absoluteReference(place.reference, folder),
});

const isTlsFile = (kind: SecretField['kind']): kind is TlsFileKind => kind === 'certificateFile' || kind === 'keyFile';

const key = (path: DocumentPath): string => JSON.stringify(path);

/** Copies a document and replaces its references. */
function withReferences(value: unknown, references: ReadonlyMap<string, string>, path: DocumentPath = []): unknown {
  if (Array.isArray(value)) return value.map((item, place) => withReferences(item, references, [...path, place]));
  if (typeof value !== 'object' || value === null) return references.get(key(path)) ?? value;
  const fields = Object.entries(value).map(([name, field]) => [
    name,
    withReferences(field, references, [...path, name]),
  ]);
  return Object.fromEntries(fields);
}

/** Removes what follows from another issue: the missing field beside its misspelt name, and repeated reports. */
function withoutDuplicates(issues: readonly PathIssue[]): readonly PathIssue[] {
  const meant = new Set(
    issues.map(({ path, suggestion }) => suggestion && JSON.stringify([...path.slice(0, -1), suggestion])),
  );
  const others = issues.filter(({ path, found }) => found !== 'is missing' || !meant.has(key(path)));
  return [...new Map(others.map((issue) => [`${key(issue.path)} ${issue.found}`, issue])).values()];
}

/** The references whose secret does not exist or is not valid. */
async function unresolvedSecrets(
  references: readonly SecretField[],
  { env, isNeeded }: Required<DocumentOptions>,
): Promise<readonly PathIssue[]> {
  const issues: PathIssue[] = [];
  const seen = new Map<string, Result<unknown, Issue>>(); // reads one file at a time, and each file once
  for (const { path, reference, kind } of references) {
    const needed = isNeeded(path);
    const known = `${needed} ${kind} ${reference}`;
    const secret = seen.get(known) ?? (await checkReference({ reference, kind }, { env, needed }));
    seen.set(known, secret);
    if (secret.isErr()) issues.push({ path, ...secret.error });
  }
  return issues;
}

async function checkReference(
  { reference, kind }: Pick<SecretField, 'reference' | 'kind'>,
  { env, needed }: { readonly env: Environment | undefined; readonly needed: boolean },
): Promise<Result<unknown, Issue>> {
  if (isTlsFile(kind)) {
    const named = checkTlsFileName(reference);
    return needed && named.isOk() ? checkTlsFile(reference, kind) : named;
  }
  return needed ? resolveSecret(reference, { env, kind }) : parseReference(reference);
}

function byPosition(one: Problem, other: Problem): number {
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);
}

import { resolve } from 'node:path';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { z } from 'zod';
import type { DocumentPath } from './document-path.ts';
import type { PathIssue } from './issue.ts';
import { checkReferences } from './check-references.ts';
import { openDocument } from './document-source.ts';
import { InvalidConfigError, createProblem } from './invalid-config-error.ts';
import type { Problem } from './invalid-config-error.ts';
import { findSchemaFields } from './schema-fields.ts';
import { selectContext } from './select-context.ts';
import type { SelectedDocument } from './select-context.ts';
import type { SecretField } from './schema-fields.ts';
import { absoluteReference } from '../secrets/secret-reference.ts';
import type { Environment } from '../secrets/secret-reference.ts';
import type { FileRules } from '../secrets/file-permission.ts';
import { isNamedFile } from '../secrets/named-file.ts';
import { toIssues } from './zod-issues.ts';

/** Options of `readDocument`. */
export interface DocumentOptions {
  /** The environment variables for `env:NAME`, usually the process environment. Default: none. */
  readonly env?: Environment | undefined;
  /** The content to check in place of the file's, such as an edited one that is not saved. Default: the file's. */
  readonly text?: string | undefined;
  /** Whether the secret at a path must exist now. Its reference must be valid in any case. Default: all must exist. */
  readonly isNeeded?: (path: DocumentPath) => boolean;
  /** Called with what is allowed but should be corrected: a secret file that others could read. Default: not called. */
  readonly onWarning?: ((warning: Problem) => void) | undefined;
}

/** Options of a document that may have contexts. */
export interface ContextOptions extends DocumentOptions {
  /** The context to apply. Default: the one that the document names, or none. */
  readonly context?: string | undefined;
  /** Whether the document allows secret files that other users can read. */
  readonly readableByOthers: (document: unknown) => boolean;
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
  options: DocumentOptions = {},
): Promise<Result<z.output<S>, InvalidConfigError>> {
  const opened = await openDocument(source, options.text);
  return opened.isErr() ? opened : checkDocument({ ...opened.value, origin: (path) => path }, schema, options);
}

/** The same for a document that may have contexts. */
export async function readInContext<S extends z.ZodType>(
  source: string | object,
  schema: S,
  { context, readableByOthers, ...options }: ContextOptions,
): Promise<Result<z.output<S>, InvalidConfigError>> {
  const opened = await openDocument(source, options.text);
  const selected = opened.andThen((document) => selectContext(document, context));
  if (selected.isErr()) return selected;
  const rules = { readableByOthers: readableByOthers(selected.value.value) };
  return checkDocument(selected.value, schema, { ...options, rules });
}

interface CheckOptions extends Omit<DocumentOptions, 'text'> {
  readonly rules?: FileRules;
}

async function checkDocument<S extends z.ZodType>(
  { value, folder, subject, problems, locate: where, origin }: SelectedDocument,
  schema: S,
  { env = {}, isNeeded = () => true, onWarning, rules = {} }: CheckOptions,
): Promise<Result<z.output<S>, InvalidConfigError>> {
  const { references, fieldsAt } = findSchemaFields(schema, value);
  const absolute = folder === undefined ? references : references.map((place) => resolveIn(place, folder));
  const document = withReferences(value, new Map(absolute.map(({ path, reference }) => [key(path), reference])));
  const parsed = await schema.safeParseAsync(document);
  const invalid = parsed.success ? [] : parsed.error.issues.flatMap((issue) => toIssues(issue, { document, fieldsAt }));
  const warnings: PathIssue[] = [];
  const unresolved = await checkReferences(absolute, { env, isNeeded, rules, warn: (issue) => warnings.push(issue) });
  const locate = (given: readonly PathIssue[]): readonly Problem[] =>
    withoutDuplicates(given.map((issue) => ({ ...issue, path: origin(issue.path) }))).map(({ path, ...issue }) =>
      createProblem(path, issue, where(path)),
    );
  const all = [...problems, ...locate([...invalid, ...unresolved])];
  if (onWarning !== undefined) locate(warnings).forEach((warning) => onWarning(warning));
  if (parsed.success && all.length === 0) return Ok(parsed.data);
  return Err(new InvalidConfigError(subject, all.toSorted(byPosition)));
}

const resolveIn = (place: SecretField, folder: string): SecretField => ({
  ...place,
  reference: isNamedFile(place.kind) ? resolve(folder, place.reference) : absoluteReference(place.reference, folder),
});

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

function byPosition(one: Problem, other: Problem): number {
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);
}

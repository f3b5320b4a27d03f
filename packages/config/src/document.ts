import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { z } from 'zod';
import type { DocumentPath } from './document-path.ts';
import type { Flaw } from './flaw.ts';
import { openDocument } from './document-source.ts';
import { InvalidConfigError, problemAt } from './invalid-config-error.ts';
import type { Problem } from './invalid-config-error.ts';
import { placesOf } from './schema-places.ts';
import type { ReferencePlace } from './schema-places.ts';
import { absoluteReference, lookUp, readReference } from './secret-reference.ts';
import type { Environment } from './secret-reference.ts';
import { flawsOf } from './zod-flaw.ts';
import type { PlacedFlaw } from './zod-flaw.ts';

/** What a document is read with. */
export interface DocumentOptions {
  /** For references such as `env:NAME`: usually that of the process (default: empty). */
  readonly env?: Environment | undefined;
  /** Whether the secret at a place must be there now; its reference must be right anyway. Default: each must. */
  readonly isNeeded?: (path: DocumentPath) => boolean;
}

/**
 * Reads a document by a schema of one's own: a YAML or JSON file by its path, or an object.
 *
 * All that is wrong is told at once, with line and column for a file: what the schema does not allow, and secrets that
 * are not where a `secretReference` says. In what it answers with, paths of secret files are absolute; those in a file
 * begin at its folder.
 */
export async function readDocument<S extends z.ZodType>(
  source: string | object,
  schema: S,
  { env = {}, isNeeded = () => true }: DocumentOptions = {},
): Promise<Result<z.output<S>, InvalidConfigError>> {
  const opened = await openDocument(source);
  if (opened.isErr()) return opened;
  const { value, folder, subject, problems, where } = opened.value;
  const { references, fieldsAt } = placesOf(schema, value);
  const absolute = folder === undefined ? references : references.map((place) => inFolder(place, folder));
  const document = withReferences(value, new Map(absolute.map(({ path, reference }) => [key(path), reference])));
  const parsed = await schema.safeParseAsync(document);
  const unfit = parsed.success ? [] : parsed.error.issues.flatMap((issue) => flawsOf(issue, { document, fieldsAt }));
  const flaws = [...withoutEchoes(unfit), ...(await unkept(absolute, { env, isNeeded }))];
  const all = [...problems, ...flaws.map(({ path, ...flaw }) => problemAt(path, flaw, where(path)))];
  if (parsed.success && all.length === 0) return Ok(parsed.data);
  return Err(new InvalidConfigError(subject, all.toSorted(byPlace)));
}

const inFolder = (place: ReferencePlace, folder: string): ReferencePlace => ({
  ...place,
  reference: absoluteReference(place.reference, folder),
});

const key = (path: DocumentPath): string => JSON.stringify(path);

/** A copy with other references in their places. */
function withReferences(value: unknown, references: ReadonlyMap<string, string>, path: DocumentPath = []): unknown {
  if (Array.isArray(value)) return value.map((item, place) => withReferences(item, references, [...path, place]));
  if (typeof value !== 'object' || value === null) return references.get(key(path)) ?? value;
  const fields = Object.entries(value).map(([name, field]) => [
    name,
    withReferences(field, references, [...path, name]),
  ]);
  return Object.fromEntries(fields);
}

/** A field that is missing because its name is misspelt is one problem, not two. */
function withoutEchoes(flaws: readonly PlacedFlaw[]): readonly PlacedFlaw[] {
  const meant = new Set(
    flaws.map(({ path, suggestion }) => suggestion && JSON.stringify([...path.slice(0, -1), suggestion])),
  );
  return flaws.filter(({ path, found }) => found !== 'is missing' || !meant.has(JSON.stringify(path)));
}

/** Secrets that are not where they are said to be. */
async function unkept(
  references: readonly ReferencePlace[],
  { env, isNeeded }: Required<DocumentOptions>,
): Promise<readonly PlacedFlaw[]> {
  const flaws: PlacedFlaw[] = [];
  const seen = new Map<string, Result<unknown, Flaw>>(); // one file is opened at a time, and each once
  for (const { path, reference, kind } of references) {
    const needed = isNeeded(path);
    const known = `${needed} ${kind} ${reference}`;
    const secret = seen.get(known) ?? (needed ? await lookUp(reference, { env, kind }) : readReference(reference));
    seen.set(known, secret);
    if (secret.isErr()) flaws.push({ path, ...secret.error });
  }
  return flaws;
}

function byPlace(one: Problem, other: Problem): number {
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);
}

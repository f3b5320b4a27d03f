import { dirname, extname, resolve } from 'node:path';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { DocumentPath } from './document-path.ts';
import { InvalidConfigError, problemAt } from './invalid-config-error.ts';
import type { Problem } from './invalid-config-error.ts';
import { jsonSlip } from './json-slip.ts';
import { readSmallFile } from './small-file.ts';
import { readTree } from './yaml-tree.ts';
import type { TextFlaw, Tree } from './yaml-tree.ts';

/** A document as it was given, not yet judged. */
export interface DocumentSource {
  readonly value: unknown;
  /** What an error's message begins with. */
  readonly subject: string;
  /** Where relative paths begin; an object has no folder. */
  readonly folder: string | undefined;
  /** What is wrong with the writing, though it can be read. */
  readonly problems: readonly Problem[];
  /** Where a path is, for a problem to tell. */
  readonly where: (path: DocumentPath) => Pick<Problem, 'file' | 'line' | 'column'>;
}

/** Opens a document: an object, or a file of at most 1 MiB, JSON if its name says so and YAML otherwise. */
export async function openDocument(source: string | object): Promise<Result<DocumentSource, InvalidConfigError>> {
  if (typeof source === 'string') return fromFile(source);
  return Ok({ value: source, subject: 'The config', folder: undefined, problems: [], where: () => ({}) });
}

const mostBytes = 1024 * 1024;

async function fromFile(file: string): Promise<Result<DocumentSource, InvalidConfigError>> {
  const read = await readSmallFile({ path: file, limitBytes: mostBytes });
  if (read.isErr()) return Err(new InvalidConfigError(file, [problemAt([], read.error, { file })]));
  const { text } = read.value;
  const tree = readTree(text);
  const slip = extname(file).toLowerCase() === '.json' ? jsonSlip(text, tree) : undefined;
  const problems = (slip === undefined ? tree.flaws : [slip]).map((flaw) => problemOf(flaw, file, tree));
  if (slip !== undefined || (tree.value === undefined && problems.length > 0)) {
    return Err(new InvalidConfigError(file, problems));
  }
  const where = (path: DocumentPath): Pick<Problem, 'file' | 'line' | 'column'> => ({
    file,
    ...tree.place(tree.offsetOf(path)),
  });
  return Ok({ value: tree.value, subject: file, folder: dirname(resolve(file)), problems, where });
}

function problemOf({ path, offset, ...flaw }: TextFlaw, file: string, tree: Tree): Problem {
  return problemAt(path, flaw, { file, ...tree.place(offset) });
}

import { dirname, extname, resolve } from 'node:path';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { DocumentPath } from './document-path.ts';
import { InvalidConfigError, createProblem } from './invalid-config-error.ts';
import type { Problem } from './invalid-config-error.ts';
import { findJsonSyntaxError } from './json-syntax-error.ts';
import { readSmallFile } from './small-file.ts';
import { parseYaml } from './parse-yaml.ts';
import type { TextIssue } from './issue.ts';
import type { ParsedYaml } from './parse-yaml.ts';

/** A document before it is checked against a schema. */
export interface DocumentSource {
  readonly value: unknown;
  /** The start of the error message. */
  readonly subject: string;
  /** The folder that relative paths start from. `undefined` for an object. */
  readonly folder: string | undefined;
  /** Problems of the syntax that did not stop the parser. */
  readonly problems: readonly Problem[];
  /** The file and position of a path, for a problem. */
  readonly locate: (path: DocumentPath) => Pick<Problem, 'file' | 'line' | 'column'>;
}

/**
 * Opens a document: an object, or a file of at most 1 MiB. A file is JSON if its name ends in `.json`, otherwise YAML.
 *
 * @param text - the content to use in place of the file's
 */
export async function openDocument(
  source: string | object,
  text?: string,
): Promise<Result<DocumentSource, InvalidConfigError>> {
  if (typeof source === 'string') return text === undefined ? fromFile(source) : parseSource(source, text);
  return Ok({ value: source, subject: 'The config', folder: undefined, problems: [], locate: () => ({}) });
}

const maxBytes = 1024 * 1024;

async function fromFile(file: string): Promise<Result<DocumentSource, InvalidConfigError>> {
  const read = await readSmallFile({ path: file, limitBytes: maxBytes });
  if (read.isErr()) return Err(new InvalidConfigError(file, [createProblem([], read.error, { file })]));
  return parseSource(file, read.value.text);
}

function parseSource(file: string, text: string): Result<DocumentSource, InvalidConfigError> {
  const tree = parseYaml(text);
  const syntaxError = extname(file).toLowerCase() === '.json' ? findJsonSyntaxError(text, tree) : undefined;
  const problems = (syntaxError === undefined ? tree.issues : [syntaxError]).map((issue) =>
    toProblem(issue, file, tree),
  );
  if (syntaxError !== undefined || (tree.value === undefined && problems.length > 0)) {
    return Err(new InvalidConfigError(file, problems));
  }
  const locate = (path: DocumentPath): Pick<Problem, 'file' | 'line' | 'column'> => ({
    file,
    ...tree.findPosition(tree.findOffset(path)),
  });
  return Ok({ value: tree.value, subject: file, folder: dirname(resolve(file)), problems, locate });
}

function toProblem({ path, offset, ...issue }: TextIssue, file: string, tree: ParsedYaml): Problem {
  return createProblem(path, issue, { file, ...tree.findPosition(offset) });
}

import { ConfigError } from '@bearings/client/errors';
import { toSafeLine, formatPath } from './document-path.ts';
import type { DocumentPath } from './document-path.ts';
import type { Issue } from './issue.ts';

/** One problem of a document, its place, and what is correct. Contains no secret. */
export interface Problem extends Issue {
  /** The path of the field, such as `clients.orders.auth.clientId`. Empty for the whole document. */
  readonly path: string;
  /** The file name as it was passed. Absent for an object. */
  readonly file?: string;
  /** From 1. Absent for an object, and for a file that could not be read. */
  readonly line?: number;
  /** From 1, in UTF-16 units, as editors count. */
  readonly column?: number;
}

/** A document is not valid. The message lists all problems. */
export class InvalidConfigError extends ConfigError {
  /** All problems, in the order of the file. */
  readonly problems: readonly Problem[];

  /** @param subject - the start of the message: a file name, or `The config` */
  constructor(subject: string, problems: readonly Problem[]) {
    super(problems[0]?.path ?? '', formatMessage(subject, problems));
    this.problems = Object.freeze(problems.map((problem) => Object.freeze({ ...problem })));
  }
}

/** Adds a path and a position to an issue. */
export function createProblem(
  path: DocumentPath,
  issue: Issue,
  where: Pick<Problem, 'file' | 'line' | 'column'>,
): Problem {
  return { path: formatPath(path), ...issue, ...where };
}

/** The message lists at most this many problems. */
const maxShown = 25;

function formatMessage(subject: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const lines = problems.slice(0, maxShown).map((problem) => `  ${formatProblem(problem)}`);
  if (problems.length > maxShown) lines.push(`  and ${problems.length - maxShown} more`);
  return [`${toSafeLine(subject)} has ${count}`, ...lines].join('\n');
}

/** A problem as one line: the place, the path, what is there and what is correct. */
export function formatProblem({ path, file, line, column, ...issue }: Problem): string {
  const at = file !== undefined && line !== undefined ? `${toSafeLine(file)}:${line}:${column}  ` : '';
  return `${at}${path === '' ? 'It' : path} ${formatIssue(issue)}`;
}

function formatIssue({ found, expected, suggestion }: Issue): string {
  const first = expected === '' ? found : `${found}: ${expected}`;
  return suggestion === undefined ? first : `${first}. Did you mean ${suggestion}?`;
}

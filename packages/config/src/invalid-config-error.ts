import { ConfigError } from '@bearings/client/errors';
import { onOneLine, shownPath } from './document-path.ts';
import type { DocumentPath } from './document-path.ts';
import type { Flaw } from './flaw.ts';

/** One thing that is wrong in a document, and what would be right. Holds no value of a secret. */
export interface Problem extends Flaw {
  /** Where, such as `clients.orders.auth.clientId`; empty for the document as a whole. */
  readonly path: string;
  /** The file, as it was given; not there for an object. */
  readonly file?: string;
  /** From 1; not there for an object, and for a file that could not be read. */
  readonly line?: number;
  /** From 1, counted in UTF-16 units as editors do. */
  readonly column?: number;
}

/** A document cannot be used. The message is a list of all that is wrong with it. */
export class InvalidConfigError extends ConfigError {
  /** All that is wrong, in the order of the file. */
  readonly problems: readonly Problem[];

  /** @param subject - what is wrong, as the message begins: a file's name, or `The config` */
  constructor(subject: string, problems: readonly Problem[]) {
    super(problems[0]?.path ?? '', messageOf(subject, problems));
    this.problems = Object.freeze(problems.map((problem) => Object.freeze({ ...problem })));
  }
}

/** A problem at a place of a document, which may be in a file. */
export function problemAt(path: DocumentPath, flaw: Flaw, where: Pick<Problem, 'file' | 'line' | 'column'>): Problem {
  return { path: shownPath(path), ...flaw, ...where };
}

/** Whoever has more than this to mend begins with these. */
const mostShown = 25;

function messageOf(subject: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const lines = problems.slice(0, mostShown).map((problem) => `  ${lineOf(problem)}`);
  if (problems.length > mostShown) lines.push(`  and ${problems.length - mostShown} more`);
  return [`${onOneLine(subject)} has ${count}`, ...lines].join('\n');
}

function lineOf({ path, file, line, column, ...flaw }: Problem): string {
  const at = file !== undefined && line !== undefined ? `${onOneLine(file)}:${line}:${column}  ` : '';
  return `${at}${path === '' ? 'It' : path} ${sentenceOf(flaw)}`;
}

/** What was found, what would be right, and what was probably meant. */
function sentenceOf({ found, expected, suggestion }: Flaw): string {
  const first = expected === '' ? found : `${found}: ${expected}`;
  return suggestion === undefined ? first : `${first}. Did you mean ${suggestion}?`;
}

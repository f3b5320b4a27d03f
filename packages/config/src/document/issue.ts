import type { DocumentPath } from './document-path.ts';

/** What is wrong with one value, in two halves of a sentence. Neither contains a value that may be a secret. */
export interface Issue {
  /** What is there, such as `is text`. */
  readonly found: string;
  /** What is correct, such as `must be a number`. Empty when `suggestion` is enough. */
  readonly expected: string;
  /** What was probably meant. */
  readonly suggestion?: string;
}

/** An issue and its place in the document. */
export interface PathIssue extends Issue {
  readonly path: DocumentPath;
}

/** An issue and its place in the text of the document. */
export interface TextIssue extends PathIssue {
  /** From 0, in UTF-16 units. */
  readonly offset: number;
}

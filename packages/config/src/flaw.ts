/** What is wrong with one thing, in two halves of a sentence. Neither holds a value that may be a secret. */
export interface Flaw {
  /** What is there, such as `is text`. */
  readonly found: string;
  /** What would be right, such as `must be a number`; empty when the suggestion says it all. */
  readonly expected: string;
  /** What was probably meant. */
  readonly suggestion?: string;
}

/** A word that the shell may offer. */
export interface Candidate {
  /** `:files` for the names of files, which the shell knows best. */
  readonly word: string;
  readonly description?: string;
}

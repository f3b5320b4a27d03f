/** The exit codes of the command, by the kind of failure. */
export const exitCodes = { EXTRACTION: 1, DATABASE: 1, SCHEMA: 1, CONFIG: 2, STATE: 2, ABORTED: 130 } as const;

/**
 * What the same command does after a failure: it continues; it requests the failed page again, which fails again unless
 * the API has changed; or it cannot continue.
 */
export type Continuation = 'continues' | 'repeats' | 'fails';

/** A run failed for a reason that the user can act on. Message and details hold no secret. */
export class RunError extends Error {
  override readonly name = 'RunError';
  /**
   * `EXTRACTION`: API, token or output failed. `DATABASE`: the queue's database does not answer. Both may be over at the
   * next try. `CONFIG`, `STATE`: nothing was sent, and files must be changed.
   * `SCHEMA`: records do not match the schema. `ABORTED`: the caller stopped the run.
   */
  readonly code: keyof typeof exitCodes;
  /** More facts, one per line. */
  readonly details: readonly string[];
  /** What the same command does now. Default: `repeats`. */
  readonly continuation: Continuation = 'repeats';

  constructor(code: keyof typeof exitCodes, message: string, details: readonly string[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }

  /** The same failure with more facts. */
  with(details: readonly string[], continuation: Continuation = this.continuation): RunError {
    return Object.assign(new RunError(this.code, this.message, [...this.details, ...details]), { continuation });
  }
}

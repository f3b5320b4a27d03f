/** The exit codes of the command, by the kind of failure. */
export const exitCodes = { EXTRACTION: 1, CONFIG: 2, STATE: 2 } as const;

/** A run failed for a reason that the user can act on. Message and details hold no secret. */
export class RunError extends Error {
  override readonly name = 'RunError';
  /** `EXTRACTION`: API, token or output failed. `CONFIG`, `STATE`: nothing was sent, and files must be changed. */
  readonly code: keyof typeof exitCodes;
  /** More facts, one per line. */
  readonly details: readonly string[];

  constructor(code: keyof typeof exitCodes, message: string, details: readonly string[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** The exit codes of the command, by what ended it. */
export const exitCodes = { EXTRACTION: 1, CONFIG: 2, STATE: 2 } as const;

/** A run ended before its end, for a reason that a person can act on. Its message and details hold no secret. */
export class RunError extends Error {
  override readonly name = 'RunError';
  /** `EXTRACTION`: API, token or output failed. `CONFIG`, `STATE`: nothing was sent, and files have to be changed. */
  readonly code: keyof typeof exitCodes;
  /** What else is known, a line each. */
  readonly details: readonly string[];

  constructor(code: keyof typeof exitCodes, message: string, details: readonly string[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

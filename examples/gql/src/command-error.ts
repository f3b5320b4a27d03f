import { exitCodes } from './exit-codes.ts';

/** The command cannot do what was asked, for a reason that a person can act on. Message and details hold no secret. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** Whose the reason is. */
  readonly code: keyof typeof exitCodes;
  /** What else is known, a line each. */
  readonly details: readonly string[];

  constructor(code: keyof typeof exitCodes, message: string, details: readonly string[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

import { exitCodes } from './exit-codes.ts';

/** A command failed for a reason that the user can act on. Message and details hold no secret. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** The kind of the failure; it decides the exit code. */
  readonly code: keyof typeof exitCodes;
  /** More facts, one per line. */
  readonly details: readonly string[];

  constructor(code: keyof typeof exitCodes, message: string, details: readonly string[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

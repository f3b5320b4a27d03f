/** The command, or what it needs on this machine, is wrong. Nothing was sent. The message has no secret. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

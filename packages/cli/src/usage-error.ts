/** The command line, or a file that it needs, is wrong. Nothing was sent. The message holds no secret. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

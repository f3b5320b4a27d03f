/** Why a call that may succeed later was not retried, or not again. */
export type NotRetried = 'budget' | 'method' | 'body' | 'deadline' | 'retryAfter' | 'limit';

const reasons: Readonly<Record<NotRetried, string>> = {
  budget: 'the retry budget is used up, because too many calls of this client fail',
  method: 'a second request with this method could have a second effect. An idempotency key allows retries',
  body: 'its body was a stream, which can be sent only once',
  deadline: 'the wait before the next attempt would outlast totalTimeout',
  retryAfter: 'the server asks for a longer wait than retry.maxRetryAfter',
  limit: 'the limit of retries is reached',
};

/** The end of a message: why there is no further attempt. Empty for a call that is never retried. */
export function notRetriedNote(reason: NotRetried | undefined, attempts: number): string {
  if (reason === undefined || (reason === 'limit' && attempts === 1)) return '';
  return `. Not retried${attempts > 1 ? ' again' : ''}: ${reasons[reason]}`;
}

/** Adds the reason to an error of a call, as a field and in its message. */
export function explainNotRetried(error: Error, reason: NotRetried, attempts: number): void {
  if ('notRetried' in error) return; // a transport may throw the same error twice
  Object.defineProperty(error, 'notRetried', { value: reason, enumerable: true });
  if (reason === 'body') return; // such an error says so itself
  appendToMessage(error, notRetriedNote(reason, attempts));
}

/** Adds text to the message of an error, and to the message at the beginning of its stack. */
export function appendToMessage(error: Error, text: string): void {
  const { message, stack } = error;
  error.message = `${message}${text}`;
  if (stack !== undefined) error.stack = stack.replace(message, () => `${message}${text}`);
}

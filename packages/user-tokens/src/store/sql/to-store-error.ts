import { StoreError } from '../../errors.ts';

/**
 * The error of a database. A driver's message is kept only beside a code of the driver's: other layers put the values of a
 * statement into theirs.
 */
export function toStoreError(name: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const { code, message } = Object(cause);
  const shown = typeof code === 'string' ? `: ${code} ${String(message).slice(0, 200)}` : '';
  return new StoreError('unavailable', `${name} did not run a statement${shown}`);
}

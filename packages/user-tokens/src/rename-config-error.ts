import { ConfigError } from '@bearings/client/errors';
import { UserTokensConfigError } from './errors.ts';

/**
 * Runs a check of the client package, whose `ConfigError` becomes ours.
 *
 * @throws UserTokensConfigError
 */
export function renameConfigError(check: () => void): void {
  try {
    check();
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    const { field, message } = cause;
    throw new UserTokensConfigError(
      field,
      message.startsWith(`${field} `) ? message.slice(field.length + 1) : `is not right: ${message}`,
    );
  }
}

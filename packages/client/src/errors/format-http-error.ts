import { isHTTPError } from 'ky';
import { isBearingsError } from './index.ts';

/**
 * One line about a failed call, for a person: in a log, at the end of a command.
 *
 * Names what happened, where, and the code to look up; never a query, a header, a body or a token. An error that is
 * not ours is named by its class alone, because its message may quote anything.
 *
 * @param prefix - what was being done, such as `order 42`
 */
export function formatHttpError(error: unknown, prefix: string): string {
  if (isBearingsError(error)) return `${prefix}: ${error.message} (${error.code})`;
  if (isHTTPError(error)) {
    const { origin } = new URL(error.request.url);
    return `${prefix}: ${origin} answered ${error.response.status} (HTTP_STATUS)`;
  }
  if (error instanceof Error && error.name === 'AbortError') return `${prefix}: called off by the caller`;
  return `${prefix}: ${error instanceof Error ? error.name : 'something other than an error was thrown'}`;
}

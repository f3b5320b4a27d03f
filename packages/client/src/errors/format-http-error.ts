import { isHTTPError } from 'ky';
import { isBearingsError } from './index.ts';

/**
 * Formats a failed call as one line, for a log or a terminal.
 *
 * The line has what happened, where, and the code to look up; never a query, a header, a body or a token. Of other
 * errors it has the class only, because their messages may contain anything.
 *
 * @param prefix - what the call was for, such as `order 42`
 */
export function formatHttpError(error: unknown, prefix: string): string {
  if (isBearingsError(error)) return `${prefix}: ${error.message} (${error.code})`;
  if (isHTTPError(error)) {
    const { origin } = new URL(error.request.url);
    return `${prefix}: ${origin} answered ${error.response.status} (HTTP_STATUS)`;
  }
  if (error instanceof Error && error.name === 'AbortError') return `${prefix}: aborted by the caller`;
  return `${prefix}: ${error instanceof Error ? error.name : 'a value that is not an Error was thrown'}`;
}

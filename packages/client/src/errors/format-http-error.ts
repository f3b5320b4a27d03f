import { isHTTPError } from 'ky';
import type { HTTPError } from 'ky';
import type { HttpStatusFacts } from './http-status-error.ts';
import { notRetriedNote } from './not-retried.ts';
import { guessTemplate } from './path-template.ts';
import { isBearingsError } from './index.ts';

/**
 * Formats a failed call as one line, for a log or a terminal.
 *
 * The line has what happened, where, and the code to look up; never an id in a path, a query, a header, a body or a token. Of other
 * errors it has the class only, because their messages may contain anything.
 *
 * @param prefix - what the call was for, such as `order 42`. Default: none
 */
export function formatHttpError(error: unknown, prefix = ''): string {
  return `${prefix === '' ? '' : `${prefix}: `}${describe(error)}`;
}

function describe(error: unknown): string {
  if (isHTTPError(error)) return `${describeStatus(error)} (HTTP_STATUS)`;
  if (isBearingsError(error)) return `${error.message} (${error.code})`;
  if (error instanceof Error && error.name === 'AbortError') return 'aborted by the caller';
  return error instanceof Error ? error.name : 'a value that is not an Error was thrown';
}

/** An error of ky's own has no facts. */
function describeStatus(error: HTTPError & Partial<HttpStatusFacts>): string {
  const { request, response, attempts = 1, notRetried } = error;
  const { origin, pathname } = new URL(request.url);
  const count = attempts > 1 ? ` after ${attempts} attempts` : '';
  const path = guessTemplate(pathname);
  return `${request.method} ${origin}${path} answered ${response.status}${count}${notRetriedNote(notRetried, attempts)}`;
}

import type { HTTPError } from 'ky';
import { markError } from './bearings-error.ts';
import { appendToMessage, notRetriedNote } from './not-retried.ts';
import type { NotRetried } from './not-retried.ts';
import { guessTemplate } from './path-template.ts';
import { previewBody } from './redaction.ts';

/** What ky's `HTTPError` has besides, when it comes from a client of ours. */
export interface HttpStatusFacts {
  readonly code: 'HTTP_STATUS';
  readonly source: 'client';
  readonly status: number;
  readonly origin: string;
  readonly method: string;
  /** The path with `{id}` in the place of what looks like an identifier, such as `/v1/orders/{id}`. */
  readonly pathTemplate: string;
  /** The number of attempts that were made. */
  readonly attempts: number;
  /** True for a status that may be different later, when the request can be sent again. */
  readonly retryable: boolean;
  /** Why the call was not retried, or not again; absent for a status that is not retried. */
  readonly notRetried?: NotRetried;
  /** The beginning of the body, without what may be a secret; absent when there is no body. */
  readonly preview?: string;
}

/** The response has a status that is not 2xx: ky's `HTTPError`, with facts. */
export type HttpStatusError = HTTPError & HttpStatusFacts;

/** What is known of a call whose response has an error status. */
export interface StatusContext {
  readonly attempts: number;
  /** Why there was no further attempt, when one might have succeeded. Default: none. */
  readonly notRetried?: NotRetried | undefined;
  /** False when the body was a stream. */
  readonly canReplay: boolean;
  /** The credentials that were sent: the server may have sent them back. */
  readonly credentials: readonly string[];
}

/** The statuses that may be different for the same request later. */
export const transientStatuses: readonly number[] = [408, 429, 500, 502, 503, 504];

/**
 * Adds the facts that our errors have to ky's error, and hides what may hold a secret from printing.
 *
 * `request`, `response`, `options` and `data` stay as ky gives them, but are no longer printed with the error: they hold
 * headers and bodies. The query is removed from the message.
 */
export function addStatusFacts(
  error: HTTPError,
  { attempts, canReplay, credentials, notRetried }: StatusContext,
): HttpStatusError {
  const { url } = error.request;
  const { status } = error.response;
  const { origin, pathname } = new URL(url);
  const [shown = url] = url.split('?');
  error.message = error.message.replace(url, () => shown);
  if (error.stack !== undefined) error.stack = error.stack.replace(url, () => shown);
  appendToMessage(error, notRetriedNote(notRetried, attempts));
  for (const name of ['request', 'response', 'options', 'data'] as const) {
    Object.defineProperty(error, name, { enumerable: false });
  }
  markError(error);
  const preview = previewBody(error.data, credentials);
  return Object.assign(error, {
    code: 'HTTP_STATUS' as const,
    source: 'client' as const,
    status,
    origin,
    method: error.request.method,
    pathTemplate: guessTemplate(pathname),
    attempts,
    retryable: transientStatuses.includes(status) && canReplay,
    ...(notRetried !== undefined && { notRetried }),
    ...(preview !== undefined && { preview }),
  });
}

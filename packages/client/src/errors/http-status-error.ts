import { HTTPError, isHTTPError as isKyHTTPError } from 'ky';
import type { Call } from '../core/call.ts';
import { credentialHeaders } from '../security/credential-headers.ts';
import { previewBody } from './redaction.ts';
import { defaultRetry } from '../stages/retry/retry-policy.ts';

/** What ky's `HTTPError` has besides, when it comes from a client of ours. */
export interface HttpStatusFacts {
  readonly code: 'HTTP_STATUS';
  readonly status: number;
  readonly origin: string;
  /** How many attempts were made. */
  readonly attempts: number;
  /** True for a status that says "later". */
  readonly retryable: boolean;
  /** The beginning of the body, without what may be a secret; not there when there is no body. */
  readonly preview?: string;
}

/** The response has a status that is not 2xx: ky's `HTTPError`, with facts. */
export type HttpStatusError = HTTPError & HttpStatusFacts;

/** True for the error that `client.get()` and the like throw for a status, of any copy of this package or of ky. */
export function isHTTPError(value: unknown): value is HttpStatusError {
  return isKyHTTPError(value) && 'code' in value && value.code === 'HTTP_STATUS';
}

/**
 * Gives ky's error the facts that our errors have, and takes out of what it prints whatever may hold a secret.
 *
 * `request`, `response`, `options` and `data` are there as ky gives them, but no longer printed with the error: they
 * hold headers and bodies. The query goes out of the message.
 */
export function withFacts(error: HTTPError, call: Call | undefined): HttpStatusError {
  const { url } = error.request;
  const { status } = error.response;
  const [shown = url] = url.split('?');
  error.message = error.message.replace(url, () => shown);
  if (error.stack !== undefined) error.stack = error.stack.replace(url, () => shown);
  for (const name of ['request', 'response', 'options', 'data'] as const) {
    Object.defineProperty(error, name, { enumerable: false });
  }
  const preview = previewBody(error.data, [...(call?.credentialValues() ?? []), ...ownCredentials(error.request)]);
  const isBodyGone = call?.isBodyGone(error.request) ?? false;
  return Object.assign(error, {
    code: 'HTTP_STATUS' as const,
    status,
    origin: new URL(url).origin,
    attempts: call?.attempt ?? 1,
    retryable: defaultRetry.statusCodes.includes(status) && !isBodyGone,
    ...(preview !== undefined && { preview }),
  });
}

/** The credentials that the caller has set as headers. */
function ownCredentials({ headers }: Request): readonly string[] {
  return credentialHeaders.flatMap((name) => headers.get(name) ?? []);
}

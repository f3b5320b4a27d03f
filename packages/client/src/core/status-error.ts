import { HTTPError } from 'ky';
import type { NormalizedOptions } from 'ky';
import { addStatusFacts } from '../errors/http-status-error.ts';
import type { HttpStatusError, StatusContext } from '../errors/http-status-error.ts';
import { credentialHeaders } from '../security/credential-headers.ts';
import type { Call } from './call.ts';
import type { ClientRequest } from './request.ts';

/** What an error for a status is made of. */
export interface StatusErrorParts {
  readonly call: Call;
  readonly request: ClientRequest;
  readonly response: Response;
  /** The body as ky reads it: JSON or text. Default: none. */
  readonly data?: unknown;
  /** ky's options of the call, for `error.options`. */
  readonly options: Pick<NormalizedOptions, 'retry'> & Partial<NormalizedOptions>;
}

/** Makes the error that ky makes of a response with an error status, with our facts. */
export function createStatusError({ call, request, response, data, options }: StatusErrorParts): HttpStatusError {
  const platformRequest = request.toRequest();
  const { method, headers } = platformRequest;
  const error = new HTTPError(response, platformRequest, { method, headers, prefix: '', context: {}, ...options });
  error.data = data;
  return addStatusFacts(error, statusContext(call, request));
}

/** The facts that a status error has about its call. */
export function statusContext(call: Call, request: ClientRequest): StatusContext {
  return {
    attempts: call.attempt,
    notRetried: call.notRetried,
    canReplay: request.canReplay,
    credentials: [...call.headers.credentialValues(), ...readCredentials(request.headers)],
  };
}

/** The credentials that the caller has set as headers. */
export function readCredentials(headers: Pick<Headers, 'get'>): readonly string[] {
  return credentialHeaders.flatMap((name) => headers.get(name) ?? []);
}

import { formatHttpError, isBearingsError } from '@bearings/client';
import type { HttpStatusError } from '@bearings/client';
import { InvalidConfigError } from '@bearings/config';
import type { Auth } from '@bearings/config';
import { formatErrors } from './format-errors.ts';
import { isCredentialRejected } from './send-operation.ts';
import { CommandError } from './command-error.ts';
import { parseResponse } from './graphql-response.ts';
import type { Operation } from './read-operation.ts';
import type { Redaction } from './redaction.ts';

/** A failed call. */
export interface FailedCall {
  readonly endpoint: string;
  readonly auth: Auth;
  readonly operation: Operation;
  /** False when no attempt was started. */
  readonly isSent: boolean;
  readonly signal: AbortSignal;
  readonly show: Redaction['show'];
}

/** Explains why a call failed, and whether the credential, the service, the network or the config is the cause. */
export function describeFailure(error: unknown, call: FailedCall): CommandError {
  const { endpoint, signal, show } = call;
  if (signal.aborted) return new CommandError('INTERRUPTED', `${endpoint}: interrupted`, mutationNote(error, call));
  if (error instanceof CommandError)
    return new CommandError(error.code, `${endpoint}: ${show(error.message)}`, error.details);
  const configured = error instanceof Error && error.cause instanceof InvalidConfigError ? error.cause : error;
  if (configured instanceof InvalidConfigError) return new CommandError('USAGE', configured.message);
  if (isBearingsError(error, 'HTTP_STATUS'))
    return isCredentialRejected(error.status) ? describeRejection(error, call) : describeStatus(error, call);
  const message = formatHttpError(error, endpoint);
  if (isBearingsError(error) && error.source === 'oauth-bearer') {
    const code = error.code === 'TOKEN_CONFIG' ? 'USAGE' : 'AUTH';
    return new CommandError(code, message, [`field: endpoints.${endpoint}.auth`]);
  }
  if (!isBearingsError(error)) return new CommandError('FAULT', message);
  return isConfigCode(error.code) ? new CommandError('USAGE', message) : describeLoss(message, error, call);
}

const isConfigCode = (code: string): boolean => code === 'CONFIG' || code.startsWith('INVALID_');

function describeLoss(message: string, error: unknown, call: FailedCall): CommandError {
  return new CommandError('NETWORK', message, mutationNote(error, call));
}

/** A mutation without a response may have been executed, unless there was no connection. */
function mutationNote(error: unknown, { operation, isSent }: FailedCall): readonly string[] {
  const wasNotSent =
    isBearingsError(error, 'TLS') || (isBearingsError(error, 'TRANSPORT') && unsentReasons.has(error.reason));
  if (operation.kind !== 'mutation' || !isSent || wasNotSent) return [];
  return ['The mutation may have been executed. It was not sent again'];
}

const unsentReasons: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'REFUSED']);

function describeStatus(error: HttpStatusError, { endpoint, show }: FailedCall): CommandError {
  const code = error.status >= 500 ? 'HTTP_5XX' : 'HTTP_4XX';
  const tries = error.attempts > 1 ? [`tried ${error.attempts} times`] : [];
  return new CommandError(code, formatHttpError(error, endpoint), [...tries, ...responseDetails(error, show)]);
}

function describeRejection(error: HttpStatusError, { endpoint, auth, show }: FailedCall): CommandError {
  const challenge = error.response.headers.get('www-authenticate');
  const challenged = challenge === null ? [] : [`challenge: ${show(challenge)}`];
  const details = [...challenged, ...responseDetails(error, show), rejectionAdvice(error.status, endpoint, auth)];
  return new CommandError('AUTH', formatHttpError(error, endpoint), details);
}

/** The errors of a GraphQL response, or the start of any other body. */
function responseDetails({ response, data, preview }: HttpStatusError, show: Redaction['show']): readonly string[] {
  try {
    return formatErrors(parseResponse(data, response).errors, show);
  } catch {
    return preview === undefined ? [] : [`answer: ${show(preview)}`];
  }
}

function rejectionAdvice(status: number, endpoint: string, { type }: Auth): string {
  const field = `endpoints.${endpoint}.auth`;
  if (type === 'none') return `The endpoint requires a credential, but ${field} has type none`;
  if (status === 403) return `The credential is valid but not allowed to do this: check ${field}${fieldHint(type)}`;
  return `The endpoint rejects the credential, also a newly acquired one: check ${field}${fieldHint(type)}`;
}

const fieldHint = (type: Auth['type']): string => (type === 'oauth2_client_credentials' ? ' (scopes, audience)' : '');

import { formatHttpError, isClientError, isHTTPError } from '@bearings/client';
import type { HttpStatusError } from '@bearings/client';
import { InvalidConfigError } from '@bearings/config';
import type { Auth } from '@bearings/config';
import { isTokenError } from '@bearings/oauth-bearer';
import { linesOf } from './answered-errors.ts';
import { isRefusal } from './ask.ts';
import { CommandError } from './command-error.ts';
import { readAnswer } from './graphql-answer.ts';
import type { Operation } from './operation.ts';
import type { Redaction } from './redaction.ts';

/** What is known of a call that failed. */
export interface FailedCall {
  readonly endpoint: string;
  readonly auth: Auth;
  readonly operation: Operation;
  /** False when no attempt was begun. */
  readonly isSent: boolean;
  readonly signal: AbortSignal;
  readonly show: Redaction['show'];
}

/** Says why there is no answer, and whose affair that is: of the credential, the service, the network or the config. */
export function describeFailure(error: unknown, call: FailedCall): CommandError {
  const { endpoint, signal, show } = call;
  if (signal.aborted) return new CommandError('INTERRUPTED', `${endpoint}: interrupted`, unknownFate(error, call));
  if (error instanceof CommandError)
    return new CommandError(error.code, `${endpoint}: ${show(error.message)}`, error.details);
  const configured = error instanceof Error && error.cause instanceof InvalidConfigError ? error.cause : error;
  if (configured instanceof InvalidConfigError) return new CommandError('USAGE', configured.message);
  if (isHTTPError(error)) return isRefusal(error.status) ? refused(error, call) : failed(error, call);
  const message = formatHttpError(error, endpoint);
  if (isTokenError(error)) {
    const code = error.code === 'CONFIG' ? 'USAGE' : 'AUTH';
    return new CommandError(code, formatHttpError(error, `${endpoint}: no token`), [
      `field: endpoints.${endpoint}.auth`,
    ]);
  }
  if (!isClientError(error)) return new CommandError('FAULT', message);
  return isOfConfig(error.code) ? new CommandError('USAGE', message) : lost(message, error, call);
}

const isOfConfig = (code: string): boolean => code === 'CONFIG' || code.startsWith('INVALID_');

function lost(message: string, error: unknown, call: FailedCall): CommandError {
  return new CommandError('NETWORK', message, unknownFate(error, call));
}

/** A mutation without an answer may have been carried out, unless there was nobody to send it to. */
function unknownFate(error: unknown, { operation, isSent }: FailedCall): readonly string[] {
  const isRefused = isClientError(error, 'TLS') || (isClientError(error, 'TRANSPORT') && unsent.has(error.reason));
  if (operation.kind === 'query' || !isSent || isRefused) return [];
  return ['Whether the mutation was carried out is not known. It was not sent again'];
}

const unsent: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'REFUSED']);

function failed(error: HttpStatusError, { endpoint, show }: FailedCall): CommandError {
  const code = error.status >= 500 ? 'HTTP_5XX' : 'HTTP_4XX';
  const tries = error.attempts > 1 ? [`tried ${error.attempts} times`] : [];
  return new CommandError(code, formatHttpError(error, endpoint), [...tries, ...answerOf(error, show)]);
}

function refused(error: HttpStatusError, { endpoint, auth, show }: FailedCall): CommandError {
  const challenge = error.response.headers.get('www-authenticate');
  const challenged = challenge === null ? [] : [`challenge: ${show(challenge)}`];
  const details = [...challenged, ...answerOf(error, show), adviceFor(error.status, endpoint, auth)];
  return new CommandError('AUTH', formatHttpError(error, endpoint), details);
}

/** The errors of an answer that says it is one of GraphQL, and the beginning of any other. */
function answerOf({ response, data, preview }: HttpStatusError, show: Redaction['show']): readonly string[] {
  try {
    return linesOf(readAnswer(data, response).errors, show);
  } catch {
    return preview === undefined ? [] : [`answer: ${show(preview)}`];
  }
}

function adviceFor(status: number, endpoint: string, { type }: Auth): string {
  const field = `endpoints.${endpoint}.auth`;
  if (type === 'none') return `The endpoint wants a credential, and ${field} is none`;
  if (status === 403) return `The credential is known, and may not do this: look at ${field}${scopesOf(type)}`;
  return `The endpoint turns the credential away, also after it was had anew: look at ${field}${scopesOf(type)}`;
}

const scopesOf = (type: Auth['type']): string => (type === 'oauth2_client_credentials' ? ' (scopes, audience)' : '');

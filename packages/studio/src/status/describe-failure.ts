import { isBearingsError, redact } from '@bearings/client/errors';
import type { TokenError } from '@bearings/oauth-bearer';

/** Why there is no newer token, in a few words. */
export function failureMessage(error: TokenError): string {
  if (error.code === 'TOKEN_HTTP') {
    const { status, oauthError, oauthErrorDescription: description } = error;
    const why =
      oauthError === undefined ? '' : `: ${oauthError}${description === undefined ? '' : ` (${description})`}`;
    return `the token endpoint answered ${status}${why}`;
  }
  return firstSentence(error.message.replace(/^No token: /, ''));
}

/** What to do about it. The last sentence of the error's message, for errors that have a remedy. */
export function failureRemedy(error: TokenError): string {
  const [, ...more] = error.message.split('. ');
  const remedy = more.join('. ');
  if (error.code === 'TOKEN_HTTP' && remedy !== '') return remedy;
  if (error.code === 'REAUTHORIZATION_REQUIRED') return 'The user must consent again';
  if (error.kind === 'transient') return 'It is tried again automatically. If it lasts, ask the operator of the server';
  if (isBearingsError(error.cause) && error.cause.source === 'oidc-discovery') return 'Check issuerUrl';
  return 'Check the settings of the token';
}

const firstSentence = (text: string): string => text.split('. ')[0] ?? text;

/** Only this much of a message is looked at. */
const maxSeenChars = 16_384;
const maxShownChars = 300;

/** Why the service's own reader failed: one short line without secrets, whatever it threw. Never throws. */
export function describeReadError(cause: unknown): string {
  const text = readText(() => messageText(cause)) || readText(() => innerText(cause));
  const shown = redact(text.slice(0, maxSeenChars))
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  if (shown === '') return 'the status cannot be read';
  return shown.length > maxShownChars ? `${shown.slice(0, maxShownChars).toWellFormed()}…` : shown;
}

/** Node reports the failures of several addresses as an `AggregateError` without a message. */
function innerText(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause.cause;
  return messageText(inner) || trimText('code' in cause ? cause.code : '');
}

const messageText = (cause: unknown): string => trimText(cause instanceof Error ? cause.message : cause);

const trimText = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** A getter of a foreign error may throw. */
function readText(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

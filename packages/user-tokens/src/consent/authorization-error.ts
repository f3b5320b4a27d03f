import { redact } from '@bearings/client/errors';
import type { CallbackQuery } from './callback-query.ts';
import { FlowFailure } from './flow-failure.ts';
import type { FlowSecret } from './flow-secret.ts';

const maxQuotation = 300;

/** The failure that an error response of the authorization endpoint is (RFC 6749 §4.1.2.1). */
export function readAuthorizationError(query: CallbackQuery, { state, verifier, nonce }: FlowSecret): FlowFailure {
  const { error = '', errorDescription = '', code = state } = query;
  const words = [error, errorDescription].filter((each) => each !== '').join(': ');
  const shown = redact(words, [state, verifier, nonce, code])
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim();
  const quotation = shown.length > maxQuotation ? `${shown.slice(0, maxQuotation).toWellFormed()}…` : shown;
  return new FlowFailure(error === 'access_denied' ? 'access_denied' : 'server_error', { quotation });
}

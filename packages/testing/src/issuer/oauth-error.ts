import { jsonAnswer } from '../server/answer.ts';
import type { Answer } from '../server/answer.ts';

/** An OAuth error response (RFC 6749 §5.2). */
export interface OAuthError {
  readonly status: number;
  readonly error: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Creates an error with status 400. */
export function oauthError(error: string, description: string): OAuthError {
  return { status: 400, error, description };
}

/** Converts an error to a response that is not cached. */
export function toErrorAnswer({ status, error, description, headers = {} }: OAuthError): Answer {
  return jsonAnswer({ error, error_description: description }, status, { 'cache-control': 'no-store', ...headers });
}

import { isSecretName, redact } from '@bearings/client/errors';
import type { ClientAuthMethod } from '../client-auth/client-auth-method.ts';
import { TokenHttpError } from '../errors.ts';
import { parseObject } from './parse-object.ts';
import type { JsonObject } from './parse-object.ts';
import type { TokenHttpResponse } from './token-request.ts';

/** What an error response is read with. */
export interface ErrorContext {
  /** The endpoint without its query, as errors name it. */
  readonly endpoint: string;
  /** How the client authenticated. */
  readonly clientAuthMethod?: ClientAuthMethod | undefined;
  /** The `grant_type` that was sent. Default: `client_credentials`. */
  readonly grantType?: string | undefined;
  /** What was sent and must not be shown. */
  readonly secrets: readonly string[];
}

/** The error that an error response of a token endpoint is (RFC 6749 §5.2). It quotes nothing else of the body. */
export function toHttpError({ status, text, retryAfterMs }: TokenHttpResponse, context: ErrorContext): TokenHttpError {
  const { endpoint, clientAuthMethod, grantType, secrets } = context;
  const body = parseObject(text) ?? {};
  const oauthError = readErrorCode(body, secrets);
  const oauthErrorDescription = oauthError && readDescription(body, secrets);
  return new TokenHttpError({
    endpoint,
    status,
    oauthError,
    oauthErrorDescription,
    retryAfterMs,
    clientAuthMethod,
    grantType,
  });
}

/**
 * True when an error response is about the client's authentication, so that another secret may be accepted.
 *
 * RFC 6749 §5.2 keeps 401 for that, whatever the error is: Keycloak answers `unauthorized_client`, Auth0 `access_denied`,
 * a gateway nothing. `invalid_client` is also sent with 400. A 403 counts when it has no body at all (Glewlwyd): with a
 * body it comes from a firewall, or is about what the client asks for.
 */
export function isClientRefused(status: number, body: string): boolean {
  if (status === 401 || (status === 403 && body === '')) return true;
  return (status === 400 || status === 403) && parseObject(body)?.['error'] === 'invalid_client';
}

/** All registered error codes have this form; a sentence, or what was sent, does not. */
const errorCode = /^[\w.:-]{1,60}$/;

/** The OAuth error code of a body; `undefined` when it has none, or one that is not a code or is a secret. */
export function readErrorCode({ error }: JsonObject, secrets: readonly string[]): string | undefined {
  if (typeof error !== 'string' || !errorCode.test(error)) return undefined;
  return redact(error, secrets) === error ? error : undefined;
}

const longestDescription = 300;

/** The values of a body that are secrets by their names, such as a token beside an error. */
const secretMembers = (body: JsonObject): readonly string[] =>
  Object.entries(body).flatMap(([name, value]) => (typeof value === 'string' && isSecretName(name) ? [value] : []));

/** The server's own description on one line, cut, without what was sent and without what may be a credential. */
function readDescription(body: JsonObject, secrets: readonly string[]): string | undefined {
  const { error_description: words } = body;
  if (typeof words !== 'string') return undefined;
  const shown = redact(words, [...secrets, ...secretMembers(body)])
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .replace(/[\w+/=-]{40,}/g, '[REDACTED]')
    .trim();
  if (shown === '') return undefined;
  return shown.length > longestDescription ? `${shown.slice(0, longestDescription).toWellFormed()}…` : shown;
}

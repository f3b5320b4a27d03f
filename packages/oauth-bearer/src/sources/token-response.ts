import { InvalidTokenResponseError, TokenHttpError, UnsupportedTokenTypeError } from '../errors.ts';
import { formEncode } from '../client-auth/client-auth.ts';
import { TokenExtras } from './token-extras.ts';
import type { TokenHttpResponse } from './token-request.ts';
import type { IssuedToken } from './token-source.ts';

/** What a response is read with. */
export interface ResponseContext {
  /** The endpoint without its query, as errors name it. */
  readonly endpoint: string;
  /** The requested scopes: what is granted when the response has no `scope` (RFC 6749 §5.1). */
  readonly scopes: readonly string[];
  /** The lifetime of a token whose response has no `expires_in`. */
  readonly defaultTtlMs: number;
  /** What was sent and must not be shown. */
  readonly secrets: readonly string[];
}

/** A JSON object: its members have any type. `JSON.parse` makes `__proto__` an ordinary member. */
type Body = Readonly<Record<string, unknown>>;

/** No server means a token to live longer, and a longer lifetime overflows arithmetic. */
const longestLifetimeMs = 365 * 24 * 3_600_000;

/**
 * Reads the response of a token endpoint (RFC 6749 §5), strictly: a tolerant reader would send rubbish as a token.
 *
 * No error quotes the response.
 *
 * @throws TokenHttpError | InvalidTokenResponseError | UnsupportedTokenTypeError
 */
export function readTokenResponse(response: TokenHttpResponse, context: ResponseContext): IssuedToken {
  const { status, headers, text } = response;
  if (status < 200 || status > 299) throw toHttpError(response, context);
  if (status !== 200) throw invalid(context, `the status is ${status}, not 200`);
  const contentType = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (contentType !== 'application/json') throw invalid(context, 'its content-type is not application/json');
  const body = parseObject(text);
  if (body === undefined) throw invalid(context, 'it is not a JSON object');
  const oauthError = readErrorCode(body);
  if (oauthError !== undefined) throw invalid(context, `it is the error ${oauthError} with status 200`, oauthError);
  return {
    value: readAccessToken(body, context),
    lifetimeMs: readLifetime(body, context),
    scopes: readScopes(body, context),
    extras: new TokenExtras(body),
  };
}

/** The OAuth error code of an error response; `undefined` when the body has no well-formed one. */
export function parseOAuthError(text: string): string | undefined {
  const body = parseObject(text);
  return body && readErrorCode(body);
}

const invalid = ({ endpoint }: ResponseContext, reason: string, oauthError?: string): InvalidTokenResponseError =>
  new InvalidTokenResponseError(`The response of ${endpoint} is not usable as a token: ${reason}`, { oauthError });

function toHttpError({ status, text, retryAfterMs }: TokenHttpResponse, context: ResponseContext): TokenHttpError {
  const { endpoint, secrets } = context;
  const body = parseObject(text) ?? {};
  const oauthError = readErrorCode(body);
  const oauthErrorDescription = oauthError && readDescription(body, secrets);
  return new TokenHttpError({ endpoint, status, oauthError, oauthErrorDescription, retryAfterMs });
}

/** A JSON object, or nothing. V8's own error would quote the text. */
function parseObject(text: string): Body | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 6749 §5.2: the characters of an error code and its description. */
const errorText = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,200}$/;

function readErrorCode({ error }: Body): string | undefined {
  return typeof error === 'string' && errorText.test(error) ? error : undefined;
}

/** The server's own description, unless it has odd characters or repeats what was sent. */
function readDescription({ error_description: words }: Body, secrets: readonly string[]): string | undefined {
  if (typeof words !== 'string' || !errorText.test(words)) return undefined;
  const forms = secrets.flatMap((secret) => [secret, formEncode(secret), encodeURIComponent(secret)]);
  const isEcho = forms.some((form) => words.includes(form)) || /client_secret|Basic |[\w+/=-]{40}/.test(words);
  return isEcho ? undefined : words;
}

/** One or more visible characters: an access token (RFC 6749 A.12) without the space, which no header can carry. */
const visible = /^[\x21-\x7e]+$/;

function readAccessToken({ access_token: value, token_type: type }: Body, context: ResponseContext): string {
  if (typeof value !== 'string' || value === '') throw invalid(context, 'access_token is missing');
  if (!visible.test(value)) throw invalid(context, 'access_token has characters that no token has');
  if (type === undefined) return value; // required by RFC 6749 §5.1, but some servers leave it out and mean Bearer
  if (typeof type !== 'string') throw invalid(context, 'token_type is not a string');
  if (type.toLowerCase() !== 'bearer') throw new UnsupportedTokenTypeError(context.endpoint);
  return value;
}

function readLifetime({ expires_in: seconds }: Body, context: ResponseContext): number {
  if (seconds === undefined || seconds === null) return context.defaultTtlMs;
  const isDigits = typeof seconds === 'string' && /^\d+$/.test(seconds);
  const value = isDigits ? Number(seconds) : seconds;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw invalid(context, 'expires_in is not a number of seconds');
  }
  return Math.min(value * 1_000, longestLifetimeMs);
}

/** Without scopes that contain control characters (RFC 6749 §3.3): scopes are shown in terminals, which obey them. */
function readScopes({ scope }: Body, context: ResponseContext): readonly string[] {
  if (scope === undefined) return context.scopes;
  if (typeof scope !== 'string') throw invalid(context, 'scope is not a string');
  return scope.split(' ').filter((each) => each !== '' && !/\p{Cc}/u.test(each));
}

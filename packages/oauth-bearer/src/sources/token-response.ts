import type { IssuedToken } from '../access-token.ts';
import { InvalidTokenResponseError, TokenHttpError, UnsupportedTokenTypeError } from '../errors.ts';
import { formEncode } from '../client-auth/client-auth.ts';
import type { TokenSettings } from '../token/token-config.ts';

/** Where an answer came from and what it is read with. */
export interface Asked {
  /** The endpoint without its query: what errors name. */
  readonly endpoint: string;
  readonly settings: TokenSettings;
  /** What was sent and must not be shown. */
  readonly hidden: readonly string[];
  readonly retryAfterMs: number | undefined;
}

type Body = Readonly<Record<string, unknown>>;

/** No server means a token to live longer; more would only overflow someone's arithmetic. */
const longestLifetimeMs = 365 * 24 * 3_600_000;

/**
 * Reads a token endpoint's answer (RFC 6749 §5), strictly where leniency would send rubbish as a token.
 *
 * oauth4webapi makes the request, but does not read the answer: it accepts tokens with spaces or line breaks and
 * `expires_in: "3600abc"`, and its errors hold the body. Here no error quotes the answer.
 *
 * @throws TokenHttpError | InvalidTokenResponseError | UnsupportedTokenTypeError
 */
export function readTokenResponse({ status, headers }: Response, text: string, asked: Asked): IssuedToken {
  if (status < 200 || status > 299) throw refusal(status, text, asked);
  if (status !== 200) throw invalid(asked, `the status is ${status}, not 200`);
  const contentType = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (contentType !== 'application/json') throw invalid(asked, 'its content-type is not application/json');
  const body = parse(text);
  if (body === undefined) throw invalid(asked, 'it is not a JSON object');
  const oauthError = errorCode(body);
  if (oauthError !== undefined) throw invalid(asked, `it says ${oauthError} with status 200`, oauthError);
  return {
    value: accessTokenOf(body, asked),
    lifetimeMs: lifetimeOf(body, asked),
    scopes: scopesOf(body, asked),
  };
}

const invalid = ({ endpoint }: Asked, reason: string, oauthError?: string): InvalidTokenResponseError =>
  new InvalidTokenResponseError(`The answer of ${endpoint} is not usable as a token: ${reason}`, { oauthError });

function refusal(status: number, text: string, asked: Asked): TokenHttpError {
  const { endpoint, retryAfterMs, hidden } = asked;
  const body = parse(text) ?? {};
  const oauthError = errorCode(body);
  const oauthErrorDescription = oauthError && description(body, hidden);
  return new TokenHttpError({ endpoint, status, oauthError, oauthErrorDescription, retryAfterMs });
}

/** A JSON object, or nothing. V8's own error would quote the text. */
function parse(text: string): Body | undefined {
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

/** Own members only, so that `__proto__` in a document gives nothing. */
const member = (body: Body, name: string): unknown => (Object.hasOwn(body, name) ? body[name] : undefined);

/** RFC 6749 §5.2: the characters an error code and its description may have. */
const errorText = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,200}$/;

function errorCode(body: Body): string | undefined {
  const error = member(body, 'error');
  return typeof error === 'string' && errorText.test(error) ? error : undefined;
}

/** The server's own words, unless they have odd characters or repeat what was sent. */
function description(body: Body, hidden: readonly string[]): string | undefined {
  const words = member(body, 'error_description');
  if (typeof words !== 'string' || !errorText.test(words)) return undefined;
  const forms = hidden.flatMap((secret) => [secret, formEncode(secret), encodeURIComponent(secret)]);
  const echoes = forms.some((form) => words.includes(form)) || /client_secret|Basic |[\w+/=-]{40}/.test(words);
  return echoes ? undefined : words;
}

/** One or more visible characters: what an access token may be (RFC 6749 A.12), less the space that no header takes. */
const visible = /^[\x21-\x7e]+$/;

function accessTokenOf(body: Body, asked: Asked): string {
  const value = member(body, 'access_token');
  if (typeof value !== 'string' || value === '') throw invalid(asked, 'access_token is missing');
  if (!visible.test(value)) throw invalid(asked, 'access_token has characters that no token has');
  const type = member(body, 'token_type');
  if (type === undefined) return value; // required by RFC 6749 §5.1, and left out in the field by servers that mean Bearer
  if (typeof type !== 'string') throw invalid(asked, 'token_type is not a string');
  if (type.toLowerCase() !== 'bearer') throw new UnsupportedTokenTypeError(asked.endpoint);
  return value;
}

function lifetimeOf(body: Body, asked: Asked): number {
  const seconds = member(body, 'expires_in') ?? undefined;
  if (seconds === undefined) return asked.settings.defaultTtlMs;
  const isDigits = typeof seconds === 'string' && /^\d+$/.test(seconds);
  const value = isDigits ? Number(seconds) : seconds;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw invalid(asked, 'expires_in is not a number of seconds');
  }
  return Math.min(value * 1_000, longestLifetimeMs);
}

/** Without those that hold what no scope does (RFC 6749 §3.3) and a terminal would obey: they are shown to people. */
function scopesOf(body: Body, asked: Asked): readonly string[] {
  const scope = member(body, 'scope');
  if (scope === undefined) return asked.settings.scopes;
  if (typeof scope !== 'string') throw invalid(asked, 'scope is not a string');
  return scope.split(' ').filter((each) => each !== '' && !/\p{Cc}/u.test(each));
}

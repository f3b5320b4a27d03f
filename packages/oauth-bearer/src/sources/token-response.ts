import { parseClaims } from '../client-auth/given-token.ts';
import { InvalidTokenResponseError, UnsupportedTokenTypeError } from '../errors.ts';
import { readErrorCode, toHttpError } from './error-response.ts';
import type { ErrorContext } from './error-response.ts';
import { parseObject } from './parse-object.ts';
import type { JsonObject } from './parse-object.ts';
import { TokenExtras } from './token-extras.ts';
import type { TokenHttpResponse } from './token-request.ts';
import type { IssuedToken } from './token-source.ts';

/** What a response is read with. */
export interface ResponseContext extends ErrorContext {
  /** The requested scopes: what is granted when the response has no `scope` (RFC 6749 §5.1). */
  readonly scopes: readonly string[];
  /** The lifetime of a token whose response has no `expires_in`. */
  readonly defaultTtlMs: number;
  /** Further values of `token_type` that mean Bearer, in lower case. */
  readonly bearerTypes: readonly string[];
  /** True when the request had a DPoP proof: then only a token that is bound to the key is accepted. */
  readonly isDpop?: boolean | undefined;
  /**
   * The thumbprints of the client certificate before and after the request, when only a token that is bound to one of them is
   * accepted. The binding of a token that is no JWT is not known.
   */
  readonly certificates?: readonly string[] | undefined;
}

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
  const oauthError = readErrorCode(body, context.secrets);
  if (oauthError !== undefined) throw invalid(context, `it is the error ${oauthError} with status 200`, oauthError);
  return {
    value: readAccessToken(body, context),
    lifetimeMs: readLifetime(body, context),
    scopes: readScopes(body, context),
    extras: new TokenExtras(body),
  };
}

const invalid = ({ endpoint }: ResponseContext, reason: string, oauthError?: string): InvalidTokenResponseError =>
  new InvalidTokenResponseError(`The response of ${endpoint} is not usable as a token: ${reason}`, { oauthError });

/** One or more visible characters: an access token (RFC 6749 A.12) without the space, which no header can carry. */
const visible = /^[\x21-\x7e]+$/;

function readAccessToken({ access_token: value, token_type: type }: JsonObject, context: ResponseContext): string {
  if (typeof value !== 'string' || value === '') throw invalid(context, 'access_token is missing');
  if (!visible.test(value)) throw invalid(context, 'access_token has characters that no token has');
  if (context.isDpop === true) {
    // a copied Bearer token works without the key (RFC 9449 §5)
    if (typeof type !== 'string' || type.toLowerCase() !== 'dpop')
      throw new UnsupportedTokenTypeError(context.endpoint, 'DPoP');
    return value;
  }
  if (context.certificates !== undefined) checkBinding(value, context.certificates, context);
  if (type === undefined) return value; // required by RFC 6749 §5.1, but some servers leave it out and mean Bearer
  if (typeof type !== 'string') throw invalid(context, 'token_type is not a string');
  if (!['bearer', ...context.bearerTypes].includes(type.toLowerCase())) {
    throw new UnsupportedTokenTypeError(context.endpoint);
  }
  return value;
}

/** The thumbprint in a JWT must be that of the client certificate (RFC 8705 §3.1). */
function checkBinding(token: string, certificates: readonly string[], context: ResponseContext): void {
  const claims = parseClaims(token);
  if (claims === undefined) return;
  const bound: unknown = Object(claims['cnf'])['x5t#S256'];
  if (typeof bound !== 'string' || bound === '') throw new UnsupportedTokenTypeError(context.endpoint, 'bound');
  if (certificates.includes(bound)) return;
  const shown = /^[\w-]{1,64}$/.test(bound) ? `the certificate ${bound}` : 'another certificate';
  const own = [...new Set(certificates)].join(' or ');
  throw invalid(context, `it is bound to ${shown}, and the client certificate is ${own} (x5t#S256)`);
}

function readLifetime({ expires_in: seconds }: JsonObject, context: ResponseContext): number {
  if (isAbsent(seconds)) return context.defaultTtlMs;
  const isDecimal = typeof seconds === 'string' && /^\d+(?:\.\d+)?$/.test(seconds);
  const value = isDecimal ? Number(seconds) : seconds;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw invalid(context, 'expires_in is not a number of seconds');
  }
  return Math.min(value * 1_000, longestLifetimeMs);
}

/** Without scopes that contain control characters (RFC 6749 §3.3): scopes are shown in terminals, which obey them. */
function readScopes({ scope }: JsonObject, context: ResponseContext): readonly string[] {
  if (isAbsent(scope)) return context.scopes;
  if (typeof scope !== 'string') throw invalid(context, 'scope is not a string');
  return scope.split(' ').filter((each) => each !== '' && !/\p{Cc}/u.test(each));
}

/** Many serializers write a member that has no value as null. */
const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

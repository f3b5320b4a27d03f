import type { TokenHttpResponse } from '@bearings/oauth-bearer/source';
import type { Provider } from './provider.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * Rewrites a provider's answer to a token request as RFC 6749 §5 has it: errors have a status of their own and a
 * standard code, the tokens are at the top, scopes are separated by spaces.
 *
 * The code exchange, the refresh and the device grant all read answers through it. What it does not understand, it
 * leaves as it is: the strict reader of token responses refuses it.
 */
export function normalizeTokenResponse(response: TokenHttpResponse, provider: Provider): TokenHttpResponse {
  const body = parseMembers(response.text);
  if (body === undefined) return response;
  const error = 'access_token' in tokenMembers(body, provider) ? undefined : readErrorCode(body, provider);
  if (error !== undefined) return toError(response, { ...body, error }, provider);
  return response.status === 200 ? toTokens(response, body, provider) : response;
}

function parseMembers(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A code and a text in one string is read as the code (Dropbox: `invalid_client: Invalid client_id or client_secret`). */
function readErrorCode(body: Members, { errorMember = 'error' }: Provider): string | undefined {
  const code = [body['error'], body[errorMember]].find((value) => typeof value === 'string' && value !== '');
  return typeof code === 'string' ? code.split(': ')[0] : undefined;
}

/** The codes that a client waits for or stops at, whatever status they are sent with. */
const statuses: ReadonlyMap<string, number> = new Map([
  ['invalid_client', 401],
  ['server_error', 500],
  ['temporarily_unavailable', 503],
]);

/** Standard codes whose status is set right although no `errorCodes` name them. */
const grantErrors: ReadonlySet<string> = new Set([
  'invalid_grant',
  'authorization_pending',
  'slow_down',
  'access_denied',
  'expired_token',
]);

function toError(
  response: TokenHttpResponse,
  body: Members & { error: string },
  provider: Provider,
): TokenHttpResponse {
  const { errorCodes = {} } = provider;
  const description = [body['error_description'], body['message']].find((value) => typeof value === 'string');
  const known = [`${body.error}: ${description}`, body.error].find((key) => Object.hasOwn(errorCodes, key));
  const error = known === undefined ? body.error : (errorCodes[known] ?? body.error);
  const isStatusWrong = response.status === 200 || known !== undefined || grantErrors.has(error);
  const isKept = response.status === 401 || response.status >= 500; // a failed client, or an outage whatever the code
  const status = isStatusWrong && !isKept ? (statuses.get(error) ?? 400) : response.status;
  return withBody({ ...response, status }, { ...body, error });
}

function toTokens(response: TokenHttpResponse, body: Members, provider: Provider): TokenHttpResponse {
  const members = tokenMembers(body, provider);
  const { scope, token_type: type } = members;
  const { scopeSeparator, grantedScopeSeparator = scopeSeparator, bearerTypes = [] } = provider;
  const isBearer = typeof type === 'string' && bearerTypes.includes(type.toLowerCase());
  return withBody(response, {
    ...members,
    ...(isBearer ? { token_type: 'Bearer' } : {}),
    ...(typeof scope === 'string' && grantedScopeSeparator === ',' ? { scope: scope.replaceAll(',', ' ') } : {}),
  });
}

/** The members that belong to one token: beside another token, they are that token's. */
const membersOfToken = [
  'access_token',
  'token_type',
  'expires_in',
  'refresh_token',
  'refresh_token_expires_in',
  'scope',
  'id_token',
];

/** The members at `tokenPath` and those at the top, without the tokens there. A refresh may answer with all at the top. */
function tokenMembers(body: Members, { tokenPath }: Provider): Members {
  const nested = tokenPath === undefined ? undefined : body[tokenPath];
  if (!isMembers(nested) || !('access_token' in nested)) return body;
  const others = Object.entries(body).filter(([name]) => !membersOfToken.includes(name));
  return { ...Object.fromEntries(others), ...nested };
}

function withBody(response: TokenHttpResponse, body: Members): TokenHttpResponse {
  return { ...response, text: JSON.stringify(body) };
}

import type { IssuedToken, SecretString, TokenError } from '@bearings/oauth-bearer';
import type { GrantRequest, TokenHttpResponse } from '@bearings/oauth-bearer/source';
import type { Connection } from '../connection/connection.ts';
import { isDeadGrant, isUnused, isUnusedAttempt } from './refresh-failure.ts';
import { readRotatedToken } from './rotated-token.ts';
import type { RotatedToken } from './rotated-token.ts';

/** What a refresh is sent with. */
export interface RefreshRequest extends Pick<GrantRequest, 'dpopKey'> {
  readonly refresh: SecretString;
  /** The issuer that the grant is bound to. */
  readonly issuer: string;
  /** What is granted when the answer has no `scope`. */
  readonly scopes: readonly string[];
  /** True when a request with this refresh token was sent before, and its outcome is not known. */
  readonly isRecovering: boolean;
}

/** How a refresh ended. */
export type RefreshAnswer =
  | { readonly kind: 'issued'; readonly issued: IssuedToken }
  /** The provider does not accept the refresh token any more. `isInterrupted`: it may have accepted it before. */
  | { readonly kind: 'dead'; readonly isInterrupted: boolean; readonly error: TokenError }
  /** The access token cannot be used; the refresh token beside it has replaced the one that was sent. */
  | { readonly kind: 'rotated'; readonly rotated: RotatedToken; readonly error: TokenError }
  /** An outage or an operator's mistake. `isUnused`: the provider has certainly not used the refresh token. */
  | { readonly kind: 'failed'; readonly isUnused: boolean; readonly error: TokenError };

/**
 * Sends a refresh token (RFC 6749 §6): at most twice, and once when it was sent before. Without `scope`, which could only
 * narrow what is granted, and which Salesforce refuses.
 */
export async function sendRefresh(connection: Connection, request: RefreshRequest): Promise<RefreshAnswer> {
  const { refresh, issuer, scopes, isRecovering, dpopKey } = request;
  let mayBeUsed = isRecovering;
  let isPage = false;
  let rotated: RotatedToken | undefined;
  const answer = await connection.request({
    params: [
      ['grant_type', 'refresh_token'],
      ['refresh_token', refresh.expose()],
    ],
    retry: 'once',
    isProbe: isRecovering,
    scopes,
    issuer,
    dpopKey,
    signal: new AbortController().signal, // an answer is always waited for: it may be the only one
    onRetry: (event) => void (mayBeUsed ||= !isUnusedAttempt(event)),
    onAnswer: (response, adapted) => {
      isPage = isHtml(response);
      rotated = readRotatedToken(adapted);
    },
  });
  if (answer.isOk()) return { kind: 'issued', issued: answer.value };
  const { error } = answer;
  if (rotated !== undefined) return { kind: 'rotated', rotated, error };
  if (isDeadGrant(error, isPage)) return { kind: 'dead', isInterrupted: mayBeUsed, error };
  return { kind: 'failed', isUnused: !mayBeUsed && isUnused(error), error };
}

const isHtml = ({ headers, text }: TokenHttpResponse): boolean =>
  headers.get('content-type')?.includes('html') === true || text.trimStart().startsWith('<');

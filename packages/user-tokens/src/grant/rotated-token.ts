import { SecretString } from '@bearings/oauth-bearer';
import type { TokenHttpResponse } from '@bearings/oauth-bearer/source';
import { readRefreshLifetime } from './token-pair.ts';

/** A new refresh token beside an access token that cannot be used. */
export interface RotatedToken {
  readonly refresh: SecretString;
  /** In milliseconds from the response; `Infinity` when it does not say. */
  readonly lifetimeMs: number;
  /** True when the tokens are bound to the key of the request (RFC 9449 §5). */
  readonly isDpop: boolean;
}

/**
 * The refresh token of an answer that was refused, for any reason: where the server rotates, the one before ended with this
 * answer, and its next use would revoke the whole grant (RFC 9700 §4.14.2).
 */
export function readRotatedToken({ status, text }: TokenHttpResponse): RotatedToken | undefined {
  const members = status >= 200 && status <= 299 ? parseMembers(text) : {};
  const { refresh_token: refresh, token_type: type, error } = members;
  if (typeof refresh !== 'string' || refresh === '' || typeof error === 'string') return undefined;
  const lifetimeMs = readRefreshLifetime((name) => members[name]);
  const isDpop = typeof type === 'string' && type.toLowerCase() === 'dpop';
  return { refresh: new SecretString(refresh), lifetimeMs, isDpop };
}

function parseMembers(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

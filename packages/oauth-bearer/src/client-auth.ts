import { ClientSecretPost } from 'oauth4webapi';
import type { ClientAuth } from 'oauth4webapi';
import { TokenConfigError } from './errors.ts';
import type { SecretString } from './secret-string.ts';
import type { ClientAuthMethod } from './token-config.ts';

/**
 * The way to prove who the client is that both sides know.
 *
 * @param supported - what the server's metadata lists; RFC 8414 §2 reads a missing list as `client_secret_basic`, but
 * a method that was asked for is tried all the same, because servers list less than they do
 * @throws TokenConfigError when the list rules it out; the secret has not been sent
 */
export function clientAuthMethod(
  wanted: ClientAuthMethod | undefined,
  supported: readonly string[] | undefined,
): ClientAuthMethod {
  const candidates = wanted === undefined ? (['client_secret_basic', 'client_secret_post'] as const) : [wanted];
  const method = candidates.find((each) => supported === undefined || supported.includes(each));
  if (method !== undefined) return method;
  const offered = supported?.map((each) => JSON.stringify(each.slice(0, 60))).join(', ') ?? '';
  throw new TokenConfigError('clientAuth', `is ${candidates.join(' or ')}, but the server takes only ${offered}`);
}

/** How oauth4webapi is told of it. */
export function clientAuth(method: ClientAuthMethod, secret: SecretString): ClientAuth {
  return method === 'client_secret_post' ? ClientSecretPost(secret.expose()) : basic(secret);
}

/**
 * RFC 6749 §2.3.1 with Appendix B: both parts form-urlencoded, joined, then base64.
 *
 * oauth4webapi's own escapes `-`, `.` and `_` too, which servers that do not decode then reject.
 */
function basic(secret: SecretString): ClientAuth {
  return (...[, client, , headers]) => {
    headers.set('authorization', `Basic ${btoa(`${formEncode(client.client_id)}:${formEncode(secret.expose())}`)}`);
  };
}

/** application/x-www-form-urlencoded, as the URL standard writes it. */
export function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1);
}

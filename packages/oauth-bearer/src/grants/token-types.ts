import { TokenConfigError } from '../errors.ts';

const names: readonly unknown[] = ['access_token', 'refresh_token', 'id_token', 'jwt', 'saml1', 'saml2'];

/**
 * The identifier of a type of token (RFC 8693 §3).
 *
 * @throws TokenConfigError when it is neither a known name nor a URI
 */
export function tokenTypeUri(field: string, given: unknown): string {
  if (names.includes(given)) return `urn:ietf:params:oauth:token-type:${String(given)}`;
  if (typeof given === 'string' && URL.canParse(given)) return given;
  throw new TokenConfigError(field, `must be a URI, or one of ${names.join(', ')} (RFC 8693 §3)`);
}

import { TokenConfigError } from '../errors.ts';
import type { TokenConfig } from '../token/token-config.ts';

/** What a service-account key of Google is used for. */
export interface GoogleServiceAccountOptions {
  /** What the token is for, such as `https://www.googleapis.com/auth/cloud-platform`. */
  readonly scopes: readonly string[];
  /** The user whose data is accessed, by delegation of the domain. Default: the service account itself. */
  readonly subject?: string;
}

/**
 * The options of `Token.create` for a service-account key of Google, as it is downloaded:
 *
 *     Token.create(googleServiceAccount(JSON.parse(await readFile('key.json', 'utf8')), { scopes }))
 *
 * The token is requested by the JWT bearer grant (RFC 7523 §2.1), signed by the key.
 *
 * @param key - the content of the file
 * @throws TokenConfigError when it is not such a key; it shows nothing of it
 */
export function googleServiceAccount(key: unknown, { scopes, subject }: GoogleServiceAccountOptions): TokenConfig {
  const members: Readonly<Record<string, unknown>> = typeof key === 'object' && key !== null ? { ...key } : {};
  if (members['type'] !== 'service_account')
    throw new TokenConfigError(
      'key',
      'must be the content of a service-account key file, whose type is service_account',
    );
  const read = (name: string): string => {
    const value = members[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new TokenConfigError('key', `has no ${name}: use the key file as it was downloaded`);
  };
  const [email, tokenUri] = [read('client_email'), read('token_uri')];
  return {
    tokenEndpoint: tokenUri,
    clientId: email,
    clientAuthMethod: 'none',
    grant: {
      type: 'jwt_bearer',
      privateKey: read('private_key'),
      keyId: read('private_key_id'),
      issuer: email,
      subject: subject ?? email,
      audience: tokenUri,
      claims: { scope: scopes.join(' ') },
    },
  };
}

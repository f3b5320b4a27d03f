import { orThrow } from '@bearings/client';
import { TokenConfigError, TokenUnavailableError } from '@bearings/oauth-bearer';
import type { SecretString, TokenConfig, TokenError } from '@bearings/oauth-bearer';
import type {
  GrantStore,
  KeySet,
  KeySource,
  UserPurpose,
  UserTokens,
  UserTokensError,
  UserTokensOptions,
} from '@bearings/user-tokens';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { InvalidConfigError } from '../document/invalid-config-error.ts';
import type { Config } from '../load-config.ts';
import { readDpop } from '../clients/read-dpop.ts';
import type { AuthorizationCodeAuth } from '../schema/authorization-code-fields.ts';
import { grantServer, toConnectionConfig } from './connection-config.ts';

/** Where the grants of the person at the terminal are kept, and what they are sealed with. */
export interface GrantAccess {
  /** The tokens that use it close it. */
  readonly store: GrantStore;
  readonly keys: KeySet | KeySource;
}

/** What `openUserTokens` takes besides the credential. */
export interface UserTokensAccess
  extends GrantAccess, Pick<UserTokensOptions, 'fetch' | 'network' | 'clock' | 'random' | 'flowLifetimeMs'> {
  /** Where the browser comes back to. Default: `http://127.0.0.1`, for tokens without consent. */
  readonly redirectUri?: string;
}

/** The grants of one credential. */
export interface OpenUserTokens {
  readonly users: UserTokens;
  /** Whose token, for `users.for`: the person at the terminal. */
  readonly purpose: UserPurpose & { readonly tenant: string };
}

/** The one connection of each credential: the redirect URI ends with it. */
const connection = 'bearings';

/**
 * Opens the grants of a credential with `auth.type: oauth2_authorization_code`. The same registration at the same server
 * has the same grant, in whichever config it is.
 */
export async function openUserTokens(
  { readSecret }: Pick<Config, 'readSecret'>,
  auth: AuthorizationCodeAuth,
  { redirectUri = 'http://127.0.0.1', ...access }: UserTokensAccess,
): Promise<Result<OpenUserTokens, TokenError>> {
  const { clientId, resource = [], scopes = [] } = auth;
  const tenant = [`${clientId} at ${grantServer(auth)}`, ...[resource].flat()].join(' for ');
  const identity = { tenant, user: 'terminal' };
  const read = (reference: string) => (): Promise<SecretString> => orThrow(readSecret(reference));
  const dpop = await readKey({ readSecret }, auth);
  if (dpop.isErr()) return dpop;
  const connections = { [connection]: toConnectionConfig(auth, { readSecret: read, dpop: dpop.value }) };
  const { UserTokens } = await import('@bearings/user-tokens'); // a config without such a client does not load it
  const users = await UserTokens.create({ ...access, connections, redirectUri, identify: () => identity });
  return users.map((opened) => ({ users: opened, purpose: { ...identity, connection, scopes } })).mapErr(toTokenError);
}

/** The key of `dpop`. It may have gone since the config was read. */
async function readKey(
  config: Pick<Config, 'readSecret'>,
  auth: AuthorizationCodeAuth,
): Promise<Result<TokenConfig['dpop'], TokenConfigError>> {
  try {
    return Ok(await readDpop(config, auth));
  } catch (cause) {
    if (!(cause instanceof InvalidConfigError)) throw cause;
    return Err(new TokenConfigError('dpop.privateKeyRef', `cannot be read: ${cause.message}`, cause));
  }
}

/** What a user of a config can do about it: correct a setting, or wait for the store. */
function toTokenError(error: UserTokensError): TokenError {
  if (error.retryable) return new TokenUnavailableError(error.message, { cause: error });
  if (error.code === 'STORE') return new TokenConfigError('grants', `cannot be used: ${error.message}`, error);
  return new TokenConfigError(error.field, error.message.slice(error.field.length + 1), error);
}

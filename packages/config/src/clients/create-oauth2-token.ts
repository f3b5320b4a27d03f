import { orThrow } from '@bearings/client';
import { googleServiceAccount, Token, TokenConfigError, TokenPool } from '@bearings/oauth-bearer';
import type { TokenConfig, TokenError, TokenHandle } from '@bearings/oauth-bearer';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { InvalidConfigError } from '../document/invalid-config-error.ts';
import type { GoogleServiceAccountAuth } from '../schema/google-service-account-schema.ts';
import type { OAuth2Auth } from '../schema/oauth2-fields.ts';
import { toTokenConfig } from '../schema/token-config.ts';
import type { TokenOptions } from './token-options.ts';
import { omitUndefined } from './omit-undefined.ts';
import { readTokenSecrets } from './read-token-secrets.ts';
import type { SecretAccess } from './secret-access.ts';

/** An `auth` whose tokens are requested without a person. */
export type RequestedAuth = OAuth2Auth | GoogleServiceAccountAuth;

type TokenResult<T> = Result<T, TokenError | InvalidConfigError>;

/** Creates the token of an `auth`, which is requested at its first use. */
export async function createOAuth2Token(
  config: SecretAccess,
  auth: RequestedAuth,
  options: TokenOptions,
): Promise<TokenResult<TokenHandle>> {
  const read = await readConfig(config, auth, options);
  return read.isErr() ? read : Token.create({ ...read.value, start: 'lazy' });
}

/** Creates the further tokens of an `auth` with `stepUp`. The caller closes them. */
export async function createStepUpPool(
  config: SecretAccess,
  auth: OAuth2Auth,
  options: TokenOptions,
): Promise<TokenResult<TokenPool>> {
  const read = await readConfig(config, auth, options);
  return read.isErr() ? read : TokenPool.create(read.value);
}

async function readConfig(
  config: SecretAccess,
  auth: RequestedAuth,
  { fetch, network, clock, random, sharing }: TokenOptions,
): Promise<TokenResult<TokenConfig>> {
  try {
    const isGoogle = auth.type === 'google_service_account';
    const own = isGoogle ? await googleConfig(config, auth) : toTokenConfig(auth, await readTokenSecrets(config, auth));
    const injected = {
      ...(sharing && canShare(auth) && { store: sharing.store, storeKeys: sharing.storeKeys }),
      ...(network ? { network } : fetch && { fetch }),
      ...(clock && { clock }),
      ...(random && { random }),
    };
    return Ok({ ...own, ...injected });
  } catch (cause) {
    if (cause instanceof InvalidConfigError || cause instanceof TokenConfigError) return Err(cause);
    throw cause;
  }
}

/** False for tokens of other parties, which change from request to request, and for those of a key of this process alone. */
function canShare(auth: RequestedAuth): boolean {
  if (auth.type === 'google_service_account') return true;
  const { grant, dpop } = auth;
  const isForeign =
    grant?.type === 'token_exchange' || (grant?.type === 'jwt_bearer' && grant.assertionRef !== undefined);
  return !isForeign && dpop !== true;
}

async function googleConfig(
  { readSecret }: SecretAccess,
  { serviceAccountKeyRef, scopes, subject, refreshOffsetMs, acquireTimeoutMs }: GoogleServiceAccountAuth,
): Promise<TokenConfig> {
  const key = await orThrow(readSecret(serviceAccountKeyRef, 'googleKey'));
  const options = { scopes, ...(subject !== undefined && { subject }) };
  const own = googleServiceAccount(JSON.parse(key.expose()), options);
  return { ...own, ...omitUndefined({ refreshOffsetMs, acquireTimeoutMs }) };
}

import { isBearingsError, orThrow } from '@bearings/client';
import { ConfigError } from '@bearings/client/errors';
import { checkOptions } from '@bearings/client/layer';
import { staticToken, TokenUnavailableError } from '@bearings/oauth-bearer';
import { ReauthorizationRequiredError } from '@bearings/oauth-bearer/source';
import type { SecretString, TokenError, TokenHandle } from '@bearings/oauth-bearer';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { openUserTokens } from '../grants/open-user-tokens.ts';
import type { OpenUserTokens } from '../grants/open-user-tokens.ts';
import { PersonToken } from '../grants/person-token.ts';
import type { AuthorizationCodeAuth } from '../schema/authorization-code-fields.ts';
import type { ConfiguredCredential } from './configured-credential.ts';
import type { InvalidConfigError } from '../document/invalid-config-error.ts';
import type { Config } from '../load-config.ts';
import { createOAuth2Token } from './create-oauth2-token.ts';
import { tokenRules } from './token-options.ts';
import type { TokenOptions } from './token-options.ts';
import type { SecretAccess } from './secret-access.ts';

/**
 * Creates the token of a credential without a client, for example to show its state. It sends nothing before its first
 * use. Secrets are read at that time, and again when they may have changed. The caller closes the token.
 *
 * @throws ConfigError for an option that is unknown or wrong, and when the network of the credential is not passed
 */
export async function createToken(
  config: SecretAccess,
  { clients, auth, network }: Pick<ConfiguredCredential, 'auth' | 'network'> & Partial<ConfiguredCredential>,
  options: TokenOptions = {},
): Promise<Result<TokenHandle, TokenError | InvalidConfigError>> {
  checkOptions(options, tokenRules, { owner: 'createToken' });
  if (network !== undefined && (options.network ?? options.fetch) === undefined)
    throw new ConfigError('network', noNetwork);
  const read = (reference: string) => (): Promise<SecretString> => orThrow(config.readSecret(reference));
  const { clock } = options;
  const clockOption = clock === undefined ? {} : { clock };
  if (auth.type === 'oauth2_client_credentials' || auth.type === 'google_service_account')
    return createOAuth2Token(config, auth, options);
  if (auth.type === 'oauth2_authorization_code') {
    return Ok(new PersonToken(clients?.[0] ?? auth.clientId, () => openGrants(config, auth, options)));
  }
  if (auth.type === 'bearer') return Ok(staticToken(read(auth.tokenRef), clockOption));
  if (auth.type === 'api_key') return Ok(staticToken(read(auth.keyRef), { scheme: 'none', ...clockOption }));
  return Ok(staticToken(read(auth.passwordRef), { scheme: 'Basic', username: auth.username, ...clockOption }));
}

const noNetwork =
  'network is missing: the credential has one in its config. Pass createNetwork(config, credential.network), and close it';

/** Errors of `options.openGrants` that are not a `TokenError` are not shown: they may quote a key. */
async function openGrants(
  config: Pick<Config, 'readSecret'>,
  auth: AuthorizationCodeAuth,
  { openGrants: open, fetch, network, clock, random }: TokenOptions,
): Promise<Result<OpenUserTokens, TokenError>> {
  try {
    const access = await open?.();
    if (access !== undefined) {
      const injected = {
        ...(network ? { network } : fetch && { fetch }),
        ...(clock && { clock }),
        ...(random && { random }),
      };
      return await openUserTokens(config, auth, { ...access, ...injected });
    }
  } catch (cause) {
    return Err(
      isBearingsError(cause) && cause.source === 'oauth-bearer'
        ? cause
        : new TokenUnavailableError('openGrants failed'),
    );
  }
  return Err(new ReauthorizationRequiredError({ connection: auth.clientId, reason: 'not_connected' }));
}

import { isBearingsError, orThrow } from '@bearings/client';
import type { Clock, Layer } from '@bearings/client';
import { ConfigError } from '@bearings/client/errors';
import { checkOptions, clockRule, functionRule, objectRule, transportLayerRule } from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import { staticToken, Token, TokenUnavailableError } from '@bearings/oauth-bearer';
import { ReauthorizationRequiredError } from '@bearings/oauth-bearer/source';
import type { SecretString, TokenConfig, TokenError, TokenHandle } from '@bearings/oauth-bearer';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { openUserTokens } from '../grants/open-user-tokens.ts';
import type { GrantAccess, OpenUserTokens } from '../grants/open-user-tokens.ts';
import { PersonToken } from '../grants/person-token.ts';
import type { AuthorizationCodeAuth } from '../schema/authorization-code-fields.ts';
import type { OAuth2Auth } from '../schema/oauth2-fields.ts';
import type { ConfiguredCredential } from './configured-credential.ts';
import type { TokenSharing } from './open-token-store.ts';
import type { InvalidConfigError } from '../document/invalid-config-error.ts';
import type { Config } from '../load-config.ts';
import { referencedFile } from '../secrets/secret-reference.ts';
import { toTokenConfig } from '../schema/token-config.ts';

/** Options of `createToken`. */
export interface TokenOptions {
  /** The function that sends requests. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** The network as a layer, in place of `fetch`: see `createNetwork`. The caller closes it. Default: none. */
  readonly network?: Layer | undefined;
  /** The clock. Default: the clock of the system. */
  readonly clock?: Clock | undefined;
  /** A number in [0, 1), for jitter. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Where tokens are shared: see `openTokenStore`. The caller closes it. Default: not shared. */
  readonly sharing?: TokenSharing | undefined;
  /**
   * Opens the grants of the person at the terminal, for `oauth2_authorization_code`: called at a token's first use, and the
   * token closes the store. `undefined` when there are none yet. It may throw a `TokenError`. Default: none.
   */
  readonly openGrants?: (() => Promise<GrantAccess | undefined>) | undefined;
}

/**
 * Creates the token of a credential without a client, for example to show its state. It sends nothing before its first
 * use. Secrets are read at that time, and again when they may have changed. The caller closes the token.
 *
 * @throws ConfigError for an option that is unknown or wrong, and when the network of the credential is not passed
 */
export async function createToken(
  config: Pick<Config, 'readSecret'>,
  { clients, auth, network }: Pick<ConfiguredCredential, 'auth' | 'network'> & Partial<ConfiguredCredential>,
  options: TokenOptions = {},
): Promise<Result<TokenHandle, TokenError | InvalidConfigError>> {
  checkOptions(options, tokenRules, { owner: 'createToken' });
  if (network !== undefined && (options.network ?? options.fetch) === undefined)
    throw new ConfigError('network', noNetwork);
  const read = (reference: string) => (): Promise<SecretString> => orThrow(config.readSecret(reference));
  const { clock } = options;
  const clockOption = clock === undefined ? {} : { clock };
  if (auth.type === 'oauth2_client_credentials') return createOAuth2Token(config, auth, options);
  if (auth.type === 'oauth2_authorization_code') {
    return Ok(new PersonToken(clients?.[0] ?? auth.clientId, () => openGrants(config, auth, options)));
  }
  if (auth.type === 'bearer') return Ok(staticToken(read(auth.tokenRef), clockOption));
  if (auth.type === 'api_key') return Ok(staticToken(read(auth.keyRef), { scheme: 'none', ...clockOption }));
  return Ok(staticToken(read(auth.passwordRef), { scheme: 'Basic', username: auth.username, ...clockOption }));
}

const noNetwork =
  'network is missing: the credential has one in its config. Pass createNetwork(config, credential.network), and close it';

export const tokenRules: OptionRules<TokenOptions> = {
  fetch: functionRule,
  network: transportLayerRule,
  clock: clockRule,
  random: functionRule,
  sharing: objectRule,
  openGrants: functionRule,
};

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

async function createOAuth2Token(
  config: Pick<Config, 'readSecret'>,
  auth: OAuth2Auth,
  options: TokenOptions,
): Promise<Result<TokenHandle, TokenError | InvalidConfigError>> {
  const authentication = await readClientAuthentication(config, auth);
  if (authentication.isErr()) return authentication;
  const { fetch, network, clock, random, sharing } = options;
  const injected = {
    ...sharing,
    ...(network ? { network } : fetch && { fetch }),
    ...(clock && { clock }),
    ...(random && { random }),
  };
  return Token.create({ ...toTokenConfig(auth), ...authentication.value, ...injected, start: 'lazy' });
}

/** A secret and a key file are read for each token request. A key in a variable is read once: it cannot change. */
async function readClientAuthentication(
  config: Pick<Config, 'readSecret'>,
  { clientSecretRef, privateKeyRef }: OAuth2Auth,
): Promise<Result<Pick<TokenConfig, 'clientSecret' | 'privateKey'>, InvalidConfigError>> {
  if (clientSecretRef !== undefined) return Ok({ clientSecret: () => orThrow(config.readSecret(clientSecretRef)) });
  if (privateKeyRef === undefined) return Ok({});
  const key = await config.readSecret(privateKeyRef, 'key');
  if (key.isErr()) return key;
  const file = referencedFile(privateKeyRef);
  return Ok({ privateKey: file === undefined ? key.value.expose() : { file } });
}

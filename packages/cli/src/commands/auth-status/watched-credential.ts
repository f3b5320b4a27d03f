import { orThrow } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { createToken } from '@bearings/config';
import type { Config, ConfiguredCredential, TokenOptions } from '@bearings/config';
import type { TokenError, TokenHandle, TokenState } from '@bearings/oauth-bearer';
import { acquireWithin } from '../../time/acquire-within.ts';
import { credentialSource } from '../../config/credential-source.ts';
import { compareScopes } from '../../output/scope-difference.ts';
import type { ScopeDifference } from '../../output/scope-difference.ts';
import { tokenErrorCause, tokenErrorRemedy } from '../../output/token-remedies.ts';

/** The state of a credential, without secrets. Times are milliseconds since the epoch. */
export interface CredentialStatus extends ScopeDifference {
  readonly credential: ConfiguredCredential;
  /** The source: the issuer, the token endpoint, or the reference to a static secret. */
  readonly from: string;
  readonly state: TokenState | 'static';
  /** The number of tokens acquired since the command started. */
  readonly generation: number;
  /** The token's total lifetime in milliseconds; `undefined` without a token, `Infinity` if it does not expire. */
  readonly lifetimeMs: number | undefined;
  readonly expiresAt: number | undefined;
  readonly renewsAt: number | undefined;
  /** True when the token comes from the token store: another process has requested it. */
  readonly isShared: boolean;
  readonly requested: readonly string[];
  readonly granted: readonly string[];
  readonly error: ShownError | undefined;
}

/** Why there is no token, or no newer one. */
export interface ShownError {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** When the acquisition is tried again. */
  readonly retryAt: number | undefined;
}

/** A credential whose token stays open, so that its status can be read repeatedly. The caller closes it. */
export interface WatchedCredential {
  /** Waits for a token, at most 10 s. */
  readonly acquire: () => Promise<void>;
  readonly status: () => CredentialStatus;
  readonly close: () => Promise<void>;
}

/**
 * Opens a credential. Nothing is sent before {@link WatchedCredential.acquire}.
 *
 * @throws InvalidConfigError | TokenConfigError
 */
export async function watchCredential(
  config: Config,
  credential: ConfiguredCredential,
  options: TokenOptions & { readonly clock: Clock },
): Promise<WatchedCredential> {
  const token = await orThrow(createToken(config, credential, options));
  let last: TokenError | undefined;
  token.subscribe((event) => {
    if (event.type === 'renewal-failed') last = event.error;
    else if (event.type !== 'invalidated' && event.type !== 'expired') last = undefined;
  });
  return {
    status: () => credentialStatus(credential, token, last),
    close: () => token.close(),
    async acquire() {
      const result = await acquireWithin(token, options.clock);
      if (result.isErr()) last = result.error;
      else if (token.status().failure === undefined) last = undefined;
    },
  };
}

function credentialStatus(
  credential: ConfiguredCredential,
  token: TokenHandle,
  last: TokenError | undefined,
): CredentialStatus {
  const { auth } = credential;
  const { state, generation, issuedAt, expiresAt, renewsAt, isShared, scopes: granted } = token.status();
  const isOAuth2 = 'clientId' in auth;
  const requested = isOAuth2 ? (auth.scopes ?? []) : [];
  const hasToken = state === 'fresh' || state === 'stale';
  const lifetimeMs = issuedAt === undefined || expiresAt === undefined ? undefined : expiresAt - issuedAt;
  return {
    credential,
    from: credentialSource(credential.auth),
    state: hasToken && !isOAuth2 ? 'static' : state,
    generation,
    lifetimeMs: hasToken && !isOAuth2 ? Infinity : lifetimeMs,
    expiresAt,
    isShared,
    renewsAt,
    requested,
    granted,
    ...(hasToken ? compareScopes(requested, granted) : { missing: [], extra: [] }),
    error: last && toShownError(last),
  };
}

function toShownError(error: TokenError): ShownError {
  const { code, retryAt } = error;
  return { code, message: tokenErrorCause(error), remedy: tokenErrorRemedy(error), retryAt };
}

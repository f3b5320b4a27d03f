import type { Clock } from '@bearings/client';
import { createToken } from '@bearings/config';
import type { Config, ConfiguredCredential, TokenOptions } from '@bearings/config';
import type { TokenError, TokenHandle, TokenState } from '@bearings/oauth-bearer';
import { acquired } from '../../acquire-within.ts';
import { secretOf } from '../doctor/secret.ts';
import { compareScopes } from '../../output/scope-difference.ts';
import type { ScopeDifference } from '../../output/scope-difference.ts';
import { causeOf, remedyFor } from '../../output/token-remedies.ts';

/** How a credential is, as it may be shown. Instants are milliseconds since the epoch. */
export interface CredentialStatus extends ScopeDifference {
  readonly credential: ConfiguredCredential;
  /** Where it comes from: the issuer, the token endpoint, or the reference to what does not change by itself. */
  readonly from: string;
  readonly state: TokenState | 'static';
  /** Counts the tokens since the command began. */
  readonly generation: number;
  /** How long the token lives in all, in milliseconds; `undefined` without a token, `Infinity` for one that does not end. */
  readonly lifetimeMs: number | undefined;
  readonly expiresAt: number | undefined;
  readonly renewsAt: number | undefined;
  readonly requested: readonly string[];
  readonly granted: readonly string[];
  readonly error: ShownError | undefined;
}

/** Why there is no token, or no newer one. */
export interface ShownError {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** When it is tried again. */
  readonly retryAt: number | undefined;
}

/** A credential whose token is held open, to look at it again and again. Whoever opens it closes it. */
export interface WatchedCredential {
  /** Waits for a token, if there is none; never long. */
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
  const opened = await createToken(config, credential, options);
  if (opened.isErr()) throw opened.error;
  const token = opened.value;
  let last: TokenError | undefined;
  token.subscribe((event) => {
    if (event.type === 'renewal-failed') last = event.error;
    else if (event.type !== 'invalidated' && event.type !== 'expired') last = undefined;
  });
  return {
    status: () => statusOf(credential, token, last),
    close: () => token.close(),
    async acquire() {
      const answer = await acquired(token, options.clock);
      if (answer.isErr()) last = answer.error;
      else if (token.status().failure === undefined) last = undefined;
    },
  };
}

function statusOf(
  credential: ConfiguredCredential,
  token: TokenHandle,
  last: TokenError | undefined,
): CredentialStatus {
  const { auth } = credential;
  const { state, generation, issuedAt, expiresAt, renewsAt, scopes: granted } = token.status();
  const isOAuth2 = auth.type === 'oauth2_client_credentials';
  const requested = isOAuth2 ? (auth.scopes ?? []) : [];
  const hasToken = state === 'fresh' || state === 'stale';
  const lifetimeMs = issuedAt === undefined || expiresAt === undefined ? undefined : expiresAt - issuedAt;
  return {
    credential,
    from: sourceOf(credential),
    state: hasToken && !isOAuth2 ? 'static' : state,
    generation,
    lifetimeMs: hasToken && !isOAuth2 ? Infinity : lifetimeMs,
    expiresAt,
    renewsAt,
    requested,
    granted,
    ...(hasToken ? compareScopes(requested, granted) : { missing: [], extra: [] }),
    error: last && shownError(last),
  };
}

function sourceOf({ auth }: ConfiguredCredential): string {
  const server = auth.type === 'oauth2_client_credentials' ? (auth.issuerUrl ?? auth.tokenUrl) : secretOf(auth);
  return server ?? '';
}

function shownError(error: TokenError): ShownError {
  const { code, retryAt } = error;
  return { code, message: causeOf(error), remedy: remedyFor(error), retryAt };
}

import { createToken } from '@bearings/config';
import type { ConfiguredCredential, CredentialAuth, InvalidConfigError, TokenSharing } from '@bearings/config';
import type { TokenError, TokenHandle, TokenState } from '@bearings/oauth-bearer';
import type { EndpointsConfig } from './endpoints-config.ts';
import type { Terminal } from './terminal.ts';

/** A credential in `gql auth status --json`. Holds no secret. */
export interface CredentialStatus {
  /** The endpoints that use it. */
  readonly endpoints: readonly string[];
  readonly type: CredentialAuth['type'];
  /** The issuer or token endpoint; null for a static credential. */
  readonly issuer: string | null;
  readonly clientId: string | null;
  readonly state: TokenState;
  /** Whether the token was stored by another command, or requested now; null without one, and for a static credential. */
  readonly origin: 'store' | 'server' | null;
  /** Milliseconds since the epoch; null without a token, and when the end is not known. */
  readonly expiresAt: number | null;
  /** Milliseconds; null when `expiresAt` is null. */
  readonly validForMs: number | null;
  readonly scopes: {
    readonly requested: readonly string[];
    readonly granted: readonly string[];
    /** Requested and not granted. */
    readonly missing: readonly string[];
  };
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The longest time for one acquisition. */
const maxAcquireMs = 10_000;

/** A config, and what its tokens are shared by. */
interface StatusContext {
  readonly config: EndpointsConfig;
  readonly sharing: TokenSharing | undefined;
}

/** Acquires a token, or reads a static secret, and returns the result. */
export async function readStatus(
  { config, sharing }: StatusContext,
  { clients: endpoints, auth }: ConfiguredCredential,
  { tokenOptions, signal }: Terminal,
): Promise<CredentialStatus> {
  const source = tokenSource(auth);
  const opened = await createToken(config, { auth: withShortTimeout(auth) }, { ...tokenOptions, sharing });
  if (opened.isErr()) return { endpoints, ...source, ...noTokenFacts(auth), error: toError(opened.error) };
  const token = opened.value;
  try {
    const acquired = await token.get({ signal });
    return {
      endpoints,
      ...source,
      ...tokenFacts(token, auth),
      error: acquired.isOk() ? null : toError(acquired.error),
    };
  } finally {
    await token.close();
  }
}

function withShortTimeout(auth: CredentialAuth): CredentialAuth {
  if (auth.type !== 'oauth2_client_credentials') return auth;
  return { ...auth, acquireTimeoutMs: Math.min(maxAcquireMs, auth.acquireTimeoutMs ?? maxAcquireMs) };
}

function tokenSource(auth: CredentialAuth): Pick<CredentialStatus, 'type' | 'issuer' | 'clientId'> {
  const { type } = auth;
  if (type !== 'oauth2_client_credentials') return { type, issuer: null, clientId: null };
  return { type, issuer: auth.issuerUrl ?? auth.tokenUrl ?? null, clientId: auth.clientId };
}

type TokenFacts = Pick<CredentialStatus, 'state' | 'origin' | 'expiresAt' | 'validForMs' | 'scopes'>;

const requestedScopes = (auth: CredentialAuth): readonly string[] =>
  'scopes' in auth ? [...new Set(auth.scopes)] : [];

function noTokenFacts(auth: CredentialAuth): TokenFacts {
  const requested = requestedScopes(auth);
  return {
    state: 'none',
    origin: null,
    expiresAt: null,
    validForMs: null,
    scopes: { requested, granted: [], missing: requested },
  };
}

function tokenFacts(token: TokenHandle, auth: CredentialAuth): TokenFacts {
  const { state, expiresAt, validForMs, isShared, scopes: granted } = token.status();
  if (state === 'none') return noTokenFacts(auth);
  const requested = requestedScopes(auth);
  return {
    state,
    origin: 'clientId' in auth ? (isShared ? 'store' : 'server') : null,
    expiresAt: expiresAt ?? null,
    validForMs: Number.isFinite(validForMs) ? validForMs : null,
    scopes: { requested, granted, missing: requested.filter((scope) => !granted.includes(scope)) },
  };
}

function toError({ code, message }: TokenError | InvalidConfigError): CredentialStatus['error'] {
  return { code, message };
}

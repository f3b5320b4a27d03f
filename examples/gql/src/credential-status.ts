import { createToken } from '@bearings/config';
import type { ConfiguredCredential, CredentialAuth, InvalidConfigError } from '@bearings/config';
import type { TokenError, TokenHandle, TokenState } from '@bearings/oauth-bearer';
import type { EndpointsConfig } from './endpoints-config.ts';
import type { Terminal } from './terminal.ts';

/** What `gql auth status --json` says of one credential. Holds no secret. */
export interface CredentialStatus {
  /** The endpoints that use it. */
  readonly endpoints: readonly string[];
  readonly type: CredentialAuth['type'];
  /** Where tokens come from; null for a credential that somebody else looks after. */
  readonly issuer: string | null;
  readonly clientId: string | null;
  readonly state: TokenState;
  /** Milliseconds since the epoch; null when there is no token, and for one whose end is not known. */
  readonly expiresAt: number | null;
  /** Milliseconds; null as `expiresAt`. */
  readonly validForMs: number | null;
  readonly scopes: {
    readonly requested: readonly string[];
    readonly granted: readonly string[];
    /** Requested and not granted. */
    readonly missing: readonly string[];
  };
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** The most that one acquisition may take here. */
const patienceMs = 10_000;

/** Acquires a token, or reads the secret that is one, to know how that goes. */
export async function statusOf(
  config: EndpointsConfig,
  { clients: endpoints, auth }: ConfiguredCredential,
  { world, signal }: Terminal,
): Promise<CredentialStatus> {
  const source = sourceOf(auth);
  const opened = await createToken(config, { auth: impatient(auth) }, world);
  if (opened.isErr()) return { endpoints, ...source, ...none(auth), error: errorOf(opened.error) };
  const token = opened.value;
  try {
    const got = await token.get({ signal });
    return { endpoints, ...source, ...held(token, auth), error: got.isOk() ? null : errorOf(got.error) };
  } finally {
    await token.close();
  }
}

function impatient(auth: CredentialAuth): CredentialAuth {
  if (auth.type !== 'oauth2_client_credentials') return auth;
  return { ...auth, acquireTimeoutMs: Math.min(patienceMs, auth.acquireTimeoutMs ?? patienceMs) };
}

function sourceOf(auth: CredentialAuth): Pick<CredentialStatus, 'type' | 'issuer' | 'clientId'> {
  const { type } = auth;
  if (type !== 'oauth2_client_credentials') return { type, issuer: null, clientId: null };
  return { type, issuer: auth.issuerUrl ?? auth.tokenUrl ?? null, clientId: auth.clientId };
}

type Held = Pick<CredentialStatus, 'state' | 'expiresAt' | 'validForMs' | 'scopes'>;

const requestedBy = (auth: CredentialAuth): readonly string[] => ('scopes' in auth ? [...new Set(auth.scopes)] : []);

function none(auth: CredentialAuth): Held {
  const requested = requestedBy(auth);
  return { state: 'none', expiresAt: null, validForMs: null, scopes: { requested, granted: [], missing: requested } };
}

function held(token: TokenHandle, auth: CredentialAuth): Held {
  const { state, expiresAt, validForMs, scopes: granted } = token.status();
  if (state === 'none') return none(auth);
  const requested = requestedBy(auth);
  return {
    state,
    expiresAt: expiresAt ?? null,
    validForMs: Number.isFinite(validForMs) ? validForMs : null,
    scopes: { requested, granted, missing: requested.filter((scope) => !granted.includes(scope)) },
  };
}

function errorOf({ code, message }: TokenError | InvalidConfigError): CredentialStatus['error'] {
  return { code, message };
}

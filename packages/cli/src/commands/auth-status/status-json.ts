import type { CredentialStatus } from './watched-credential.ts';

/** A credential in the output of `auth status --json`. Times are ISO 8601 in UTC. Fields may be added, not removed. */
export interface JsonStatus {
  readonly clients: readonly string[];
  /** As in the config: `oauth2_client_credentials`, `oauth2_authorization_code`, `bearer`, `basic`, `api_key`. */
  readonly type: string;
  readonly from: string;
  readonly clientId: string | null;
  /** `fresh`, `stale`, `none`, `expired`, `rejected`; `static` for a credential that does not expire. */
  readonly state: string;
  /** `store` for a token that another process has requested, `server` for one of this command; null without a token. */
  readonly origin: 'store' | 'server' | null;
  /** In milliseconds; null without a token, and for a token that does not expire. */
  readonly lifetimeMs: number | null;
  readonly expiresAt: string | null;
  /** Null when the token is renewed at its next use, or never. */
  readonly renewsAt: string | null;
  readonly scopes: {
    readonly requested: readonly string[];
    readonly granted: readonly string[];
    readonly missing: readonly string[];
    readonly extra: readonly string[];
  };
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
    readonly retryAt: string | null;
  } | null;
}

/** Converts a status to its JSON form. */
export function toJsonStatus(status: CredentialStatus): JsonStatus {
  const { credential, from, state, lifetimeMs = Infinity, requested, granted, missing, extra, error } = status;
  const { clients, auth } = credential;
  return {
    clients,
    type: auth.type,
    from,
    clientId: 'clientId' in auth ? auth.clientId : null,
    state,
    origin: status.lifetimeMs === undefined || state === 'static' ? null : status.isShared ? 'store' : 'server',
    lifetimeMs: lifetimeMs === Infinity ? null : lifetimeMs,
    expiresAt: toIsoTime(status.expiresAt),
    renewsAt: toIsoTime(status.renewsAt),
    scopes: { requested, granted, missing, extra },
    error: error === undefined ? null : { ...error, retryAt: toIsoTime(error.retryAt) },
  };
}

const toIsoTime = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

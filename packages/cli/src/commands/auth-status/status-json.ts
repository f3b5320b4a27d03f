import type { CredentialStatus } from './watched-credential.ts';

/** A credential as `auth status --json` shows it. Instants are ISO 8601, in UTC. More fields may come; none goes. */
export interface JsonStatus {
  readonly clients: readonly string[];
  /** As in the config: `oauth2_client_credentials`, `bearer`, `basic`, `api_key`. */
  readonly type: string;
  readonly from: string;
  readonly clientId: string | null;
  /** `fresh`, `stale`, `none`, `expired`, `rejected`, or `static` for what does not end. */
  readonly state: string;
  /** In milliseconds; null without a token, and for one that does not end. */
  readonly lifetimeMs: number | null;
  readonly expiresAt: string | null;
  /** Null when it is renewed at the next use, or never. */
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

/** What `auth status --json` has for a credential. */
export function jsonStatus(status: CredentialStatus): JsonStatus {
  const { credential, from, state, lifetimeMs = Infinity, requested, granted, missing, extra, error } = status;
  const { clients, auth } = credential;
  return {
    clients,
    type: auth.type,
    from,
    clientId: auth.type === 'oauth2_client_credentials' ? auth.clientId : null,
    state,
    lifetimeMs: lifetimeMs === Infinity ? null : lifetimeMs,
    expiresAt: instant(status.expiresAt),
    renewsAt: instant(status.renewsAt),
    scopes: { requested, granted, missing, extra },
    error: error === undefined ? null : { ...error, retryAt: instant(error.retryAt) },
  };
}

const instant = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

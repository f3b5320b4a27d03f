import type { ClientStatus } from '@bearings/client';
import type { TokenState } from '@bearings/oauth-bearer';

/** Something that happened to a token. */
export interface StatusEvent {
  /** In milliseconds since the epoch, as all instants here. */
  readonly at: number;
  readonly kind: 'ok' | 'warning' | 'failed' | 'note';
  readonly text: string;
  readonly detail: string;
}

/** Why the last acquisition failed, and what to do. */
export interface StatusFailure {
  readonly message: string;
  readonly remedy: string;
  /** How many in a row. */
  readonly count: number;
  readonly at: number;
  /** `null` when it is not tried again. */
  readonly retryAt: number | null;
}

/** One token. Holds no token and no secret. */
export interface TokenRow {
  readonly name: string;
  /** The clients that use it. */
  readonly clients: readonly string[];
  /** The issuer, the token endpoint, or the reference to a static secret; empty when it is not known. */
  readonly from: string;
  readonly clientId: string;
  readonly state: TokenState;
  /** True for a credential that does not expire. */
  readonly isStatic: boolean;
  readonly generation: number;
  /** True when another process has requested the token, and it came from a store. */
  readonly isShared: boolean;
  /** `null` when there is none. */
  readonly issuedAt: number | null;
  readonly expiresAt: number | null;
  readonly renewsAt: number | null;
  readonly scopes: readonly string[];
  readonly renewals: number;
  readonly rotations: number;
  readonly renewedAt: number | null;
  readonly failure: StatusFailure | null;
  /** The latest first. */
  readonly events: readonly StatusEvent[];
}

/** One client, and what it does now. */
export interface ClientRow extends ClientStatus {
  readonly name: string;
}

/** Users' grants since the service started. */
export interface UsersRow {
  readonly refreshes: number;
  readonly failures: number;
  /** Users who must consent again. */
  readonly ended: number;
}

/** One run of a connector. Times are ISO 8601. */
export interface ConnectorRun {
  readonly id: string;
  readonly connector: string;
  readonly state: 'queued' | 'running' | 'succeeded' | 'failed';
  /** How often a worker has begun the run. */
  readonly attempts: number;
  readonly records: number;
  readonly pages: number;
  readonly startedAt: string | null;
  /** From the first attempt to the end, or to now. */
  readonly durationMs: number | null;
  /** When a queued run may start. */
  readonly nextAttemptAt: string | null;
  readonly worker: string | null;
  readonly failure: { readonly reason: string; readonly remedy: string } | null;
}

/** Connectors, their schedules, and their runs. Times are ISO 8601. */
export interface ConnectorsStatus {
  readonly connectors: readonly {
    readonly name: string;
    readonly cron: string | null;
    readonly timezone: string | null;
    readonly nextAt: string | null;
  }[];
  /** The latest first. */
  readonly runs: readonly ConnectorRun[];
  readonly workers: readonly { readonly name: string; readonly isLive: boolean }[];
}

/** The runs of connectors as they were read last, and why they could not be read since then. */
export interface ConnectorsRow {
  /** `null` before the first answer. */
  readonly status: ConnectorsStatus | null;
  readonly failure: string | null;
}

/** What a service shows of itself. */
export interface StatusSnapshot {
  readonly at: number;
  readonly tokens: readonly TokenRow[];
  readonly clients: readonly ClientRow[];
  readonly users: UsersRow | null;
  /** `null` for a service without connectors. */
  readonly connectors: ConnectorsRow | null;
}

/** What differs from the snapshot before: only the rows of tokens and clients that do. */
export type StatusChange = Omit<StatusSnapshot, 'connectors'> & Partial<Pick<StatusSnapshot, 'connectors'>>;

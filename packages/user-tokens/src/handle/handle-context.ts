import type { Clock } from '@bearings/client';
import type { Connection } from '../connection/connection.ts';
import type { GrantRefresher } from '../grant/grant-refresher.ts';
import type { GrantStore } from '../store/grant-store.ts';

/** What all handles share. */
export interface HandleContext {
  readonly store: GrantStore;
  readonly refresher: GrantRefresher;
  readonly clock: Clock;
  readonly random: () => number;
  readonly recheckMs: number;
}

/** Whose token a handle is, and for what. */
export interface HandlePurpose {
  readonly tenant: string;
  readonly user: string;
  /** `undefined` for the account that was connected first. */
  readonly account: string | undefined;
  readonly connection: Connection;
  /** What the user must have granted; else the handle asks for consent. */
  readonly scopes: readonly string[];
}

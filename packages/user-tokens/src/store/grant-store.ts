import type { FlowStore } from './flow-store.ts';
import type { GrantKey, GrantQuery } from './grant-key.ts';
import type { GrantContent, GrantReason, GrantRecord, GrantStatus, NewGrant, SealedContent } from './grant-record.ts';

/** One process's claim to refresh a grant. */
export interface Claim {
  /** The version that was read: the claim fails when another process has stored a newer one. */
  readonly version: number;
  /** Who claims: a random id for each instance of `UserTokens`. */
  readonly owner: string;
  readonly leaseMs: number;
  /** The hash of the refresh token that is about to be sent. */
  readonly attempt: string;
}

/** Which grants to list. */
export interface GrantFilter {
  readonly tenant?: string | undefined;
  readonly user?: string | undefined;
  readonly connection?: string | undefined;
  readonly status?: GrantStatus | undefined;
  /** Only those whose tokens were stored this long ago, or longer, in milliseconds. */
  readonly idleMs?: number | undefined;
  /** Only those that are sealed, with another key than this one. */
  readonly notKeyId?: string | undefined;
  /** Only those whose secret has not been erased. */
  readonly isSealed?: boolean | undefined;
  /** Only ids above this one: the page after it. */
  readonly after?: string | undefined;
  /** The most that one page has. */
  readonly limit: number;
}

/** How a refresh gives a grant back that it could not renew. */
export interface Release {
  readonly version: number;
  readonly owner: string;
  /** True when the provider cannot have used the refresh token: the attempt's mark is removed. */
  readonly clearsAttempt: boolean;
  readonly lastError: string;
}

/**
 * Where grants and flows are kept: `memoryStore()`, `sqliteStore()`, `postgresStore()`, or one of your own.
 *
 * Every method is one atomic statement. The methods that answer with a boolean change a row only if it is still as the
 * caller read it, and answer whether they did. Time is the store's: leases and lifetimes are given and returned as
 * durations. A method rejects when the store does not work; with a `StoreError` where the reason is known. A store never
 * sees a secret that is not sealed.
 */
export interface GrantStore extends FlowStore {
  /** What error messages call it, such as `PostgreSQL`. */
  readonly name: string;
  /** Prepares the tables. Safe to call from many processes at once, and again. */
  open(): Promise<void>;

  /** The grant of a key. Without an account: the first one connected, and one that is revoked only if there is no other. */
  find(query: GrantQuery): Promise<GrantRecord | undefined>;
  get(id: string): Promise<GrantRecord | undefined>;
  /** Ordered by id. */
  list(filter: GrantFilter): Promise<readonly GrantRecord[]>;

  /** Adds a row with version 1; false when the key exists. */
  insert(grant: NewGrant): Promise<boolean>;
  /** Stores new consent over the row, whatever its status: version + 1, `active`, no lease, no attempt, no error. */
  replace(id: string, version: number, content: GrantContent): Promise<boolean>;

  /** Takes the lease and marks the attempt, if the row is `active`, of this version, and no lease of another owner runs. */
  claim(id: string, claim: Claim): Promise<boolean>;
  /** Prolongs the lease of an owner, by the store's clock. */
  extend(id: string, claim: Omit<Claim, 'attempt'>): Promise<boolean>;
  /**
   * Stores the refreshed pair, if the row is `active` and of this version: version + 1, no lease, no attempt. The content's
   * `lastError` replaces the one before, also when it has none.
   */
  commit(id: string, version: number, content: GrantContent): Promise<boolean>;
  /** Ends the lease of an owner without new tokens. */
  release(id: string, release: Release): Promise<boolean>;
  /** From `active` to `needs_reauthorization`, if the row is of this version. No lease, no attempt. */
  expire(id: string, version: number, reason: GrantReason): Promise<boolean>;
  /** To `revoked`, whatever the version. False when there is no such row or it was revoked already. */
  revoke(id: string): Promise<boolean>;
  /** Removes the sealed tokens of a revoked grant. */
  eraseSecret(id: string): Promise<void>;
  /** Seals the same tokens with another key: the version stays. */
  reseal(id: string, version: number, content: SealedContent): Promise<boolean>;
  /** How many grants and unfinished flows are sealed with each key. */
  countByKey(): Promise<ReadonlyMap<string, number>>;
  /** Deletes every grant and flow of a user; answers with the number of grants. */
  deleteUser(user: Pick<GrantKey, 'tenant' | 'user'>): Promise<number>;
  /** Deletes flows that ended or expired an hour ago, and the secrets of grants that were revoked a day ago. */
  sweep(): Promise<void>;
  /** Ends what the store itself has opened. */
  close(): Promise<void>;
}

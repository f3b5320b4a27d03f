import { systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { MemoryFlows } from './memory-flows.ts';
import type { GrantKey, GrantQuery } from './grant-key.ts';
import type { GrantContent, GrantReason, GrantRecord, NewGrant, SealedContent } from './grant-record.ts';
import type { Claim, GrantFilter, GrantStore, Release } from './grant-store.ts';

/** A grant with instants in the place of durations. */
interface Row extends Omit<GrantRecord, 'accessExpiresInMs' | 'refreshExpiresInMs' | 'lease'> {
  readonly accessExpiresAt: number;
  readonly refreshExpiresAt: number;
  readonly lease: { readonly owner: string; readonly until: number } | undefined;
}

export interface MemoryStoreOptions {
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

/** Keeps grants in this process only: for tests, and for scripts whose grants may end with them. */
export function memoryStore({ clock = systemClock }: MemoryStoreOptions = {}): GrantStore {
  return new MemoryStore(clock);
}

const unclaimed = { lease: undefined, attempt: undefined };
const dayMs = 24 * 3_600_000;

class MemoryStore extends MemoryFlows implements GrantStore {
  readonly name = 'the memory store';
  readonly #rows = new Map<string, Row>();
  /** The ids of each user's rows. */
  readonly #ids = new Map<string, Set<string>>();

  async open(): Promise<void> {}

  async find({ account, ...key }: GrantQuery): Promise<GrantRecord | undefined> {
    const rows = this.#userRows(key).filter(
      (row) => row.connection === key.connection && (account ?? row.account) === row.account,
    );
    const isRevoked = (row: Row): number => Number(row.status === 'revoked');
    return this.#read(rows.toSorted((a, b) => isRevoked(a) - isRevoked(b) || a.createdAt - b.createdAt)[0]);
  }

  async get(id: string): Promise<GrantRecord | undefined> {
    return this.#read(this.#rows.get(id));
  }

  async list(filter: GrantFilter): Promise<readonly GrantRecord[]> {
    const { after = '', limit, idleMs = 0, notKeyId, isSealed } = filter;
    const fields = ['tenant', 'user', 'connection', 'status'] as const;
    return [...this.#rows.values()]
      .filter((row) => fields.every((name) => filter[name] === undefined || row[name] === filter[name]))
      .filter((row) => row.id > after && this.now() - row.updatedAt >= idleMs)
      .filter((row) => notKeyId === undefined || (row.sealed !== undefined && row.keyId !== notKeyId))
      .filter((row) => isSealed === undefined || (row.sealed !== undefined) === isSealed)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map((row) => this.#toRecord(row));
  }

  async insert(grant: NewGrant): Promise<boolean> {
    const isSameKey = (row: Row): boolean => row.connection === grant.connection && row.account === grant.account;
    if (this.#rows.has(grant.id) || this.#userRows(grant).some(isSameKey)) return false;
    const { id, tenant, user, connection, account } = grant;
    const now = this.now();
    const { lastError } = grant;
    const fresh = { status: 'active', reason: undefined, version: 1, lastError, ...unclaimed } as const;
    const key = { id, tenant, user, connection, account, createdAt: now, updatedAt: now };
    this.#rows.set(id, { ...key, ...fresh, ...toInstants(grant, now) });
    this.#ids.set(userKey(grant), (this.#ids.get(userKey(grant)) ?? new Set()).add(id));
    return true;
  }

  async replace(id: string, version: number, content: GrantContent): Promise<boolean> {
    return this.#change(
      id,
      (row) => row.version === version,
      (row) => ({ ...this.#renewed(row, content), status: 'active' }),
    );
  }

  async claim(id: string, { version, owner, leaseMs, attempt }: Claim): Promise<boolean> {
    const lease = { owner, until: this.now() + leaseMs };
    const isFree = (row: Row): boolean =>
      row.lease === undefined || row.lease.until <= this.now() || row.lease.owner === owner;
    return this.#change(
      id,
      (row) => isActive(row, version) && isFree(row),
      () => ({ lease, attempt }),
    );
  }

  async extend(id: string, { version, owner, leaseMs }: Omit<Claim, 'attempt'>): Promise<boolean> {
    const lease = { owner, until: this.now() + leaseMs };
    return this.#change(
      id,
      (row) => isActive(row, version) && row.lease?.owner === owner,
      () => ({ lease }),
    );
  }

  async commit(id: string, version: number, content: GrantContent): Promise<boolean> {
    return this.#change(
      id,
      (row) => isActive(row, version),
      (row) => this.#renewed(row, content),
    );
  }

  async release(id: string, { version, owner, clearsAttempt, lastError }: Release): Promise<boolean> {
    const changes = { lease: undefined, lastError, ...(clearsAttempt && { attempt: undefined }) };
    return this.#change(
      id,
      (row) => isActive(row, version) && row.lease?.owner === owner,
      () => changes,
    );
  }

  async expire(id: string, version: number, reason: GrantReason): Promise<boolean> {
    const changes = { ...unclaimed, status: 'needs_reauthorization', reason, updatedAt: this.now() } as const;
    return this.#change(
      id,
      (row) => isActive(row, version),
      () => changes,
    );
  }

  async revoke(id: string): Promise<boolean> {
    const changes = { ...unclaimed, status: 'revoked', reason: undefined, updatedAt: this.now() } as const;
    return this.#change(
      id,
      (row) => row.status !== 'revoked',
      () => changes,
    );
  }

  async eraseSecret(id: string): Promise<void> {
    this.#change(
      id,
      (row) => row.status === 'revoked',
      () => ({ sealed: undefined }),
    );
  }

  async reseal(id: string, version: number, content: SealedContent): Promise<boolean> {
    return this.#change(
      id,
      (row) => row.version === version && row.sealed !== undefined,
      () => content,
    );
  }

  async countByKey(): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    const rows = [...this.#rows.values(), ...this.sealedFlows()].filter(({ sealed }) => sealed !== undefined);
    for (const { keyId } of rows) counts.set(keyId, (counts.get(keyId) ?? 0) + 1);
    return counts;
  }

  async deleteUser(key: Pick<GrantKey, 'tenant' | 'user'>): Promise<number> {
    this.deleteFlows((flow) => isSameUser(flow, key));
    const ids = this.#ids.get(userKey(key)) ?? new Set();
    for (const id of ids) this.#rows.delete(id);
    this.#ids.delete(userKey(key));
    return ids.size;
  }

  async sweep(): Promise<void> {
    this.sweepFlows();
    const isOld = (row: Row): boolean => row.status === 'revoked' && this.now() - row.updatedAt >= dayMs;
    for (const id of this.#rows.keys()) this.#change(id, isOld, () => ({ sealed: undefined }));
  }

  async close(): Promise<void> {}

  #userRows(key: Pick<GrantKey, 'tenant' | 'user'>): readonly Row[] {
    return [...(this.#ids.get(userKey(key)) ?? [])].flatMap((id) => this.#rows.get(id) ?? []);
  }

  #change(id: string, mayChange: (row: Row) => boolean, changes: (row: Row) => Partial<Row>): boolean {
    const row = this.#rows.get(id);
    if (row === undefined || !mayChange(row)) return false;
    this.#rows.set(id, { ...row, ...changes(row) });
    return true;
  }

  #renewed(row: Row, content: GrantContent): Partial<Row> {
    const now = this.now();
    const stored = { version: row.version + 1, reason: undefined, lastError: content.lastError, updatedAt: now };
    return { ...unclaimed, ...stored, ...toInstants(content, now) };
  }

  #read(row: Row | undefined): GrantRecord | undefined {
    return row && this.#toRecord(row);
  }

  #toRecord({ accessExpiresAt, refreshExpiresAt, lease, ...row }: Row): GrantRecord {
    const now = this.now();
    return {
      ...row,
      accessExpiresInMs: accessExpiresAt - now,
      refreshExpiresInMs: refreshExpiresAt - now,
      lease: lease && { owner: lease.owner, endsInMs: lease.until - now },
    };
  }
}

const isSameUser = (row: Pick<GrantKey, 'tenant' | 'user'>, key: Pick<GrantKey, 'tenant' | 'user'>): boolean =>
  row.tenant === key.tenant && row.user === key.user;

const userKey = ({ tenant, user }: Pick<GrantKey, 'tenant' | 'user'>): string => JSON.stringify([tenant, user]);

const isActive = (row: Row, version: number): boolean => row.status === 'active' && row.version === version;

type Timed = Pick<
  Row,
  'issuer' | 'clientId' | 'scopes' | 'hasRefreshToken' | 'sealed' | 'keyId' | 'accessExpiresAt' | 'refreshExpiresAt'
>;

function toInstants(content: GrantContent, now: number): Timed {
  const { issuer, clientId, scopes, hasRefreshToken, sealed, keyId, accessLifetimeMs, refreshLifetimeMs } = content;
  const times = { accessExpiresAt: now + accessLifetimeMs, refreshExpiresAt: now + refreshLifetimeMs };
  return { issuer, clientId, scopes, hasRefreshToken, sealed, keyId, ...times };
}

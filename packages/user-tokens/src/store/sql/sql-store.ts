import type { GrantKey, GrantQuery } from '../grant-key.ts';
import type { GrantContent, GrantReason, GrantRecord, NewGrant, SealedContent } from '../grant-record.ts';
import type { Claim, GrantFilter, GrantStore, Release } from '../grant-store.ts';
import type { SqlDatabase, SqlValue } from './sql-database.ts';
import { SqlFlows } from './sql-flows.ts';
import { toGrantRecord, toInstant } from './sql-rows.ts';

const hourMs = 3_600_000;
const unclaimed = 'lease_owner = NULL, lease_until = NULL';
const isActive = "id = $1 AND version = $2 AND status = 'active'";

/** Grants in a table. Every method is one statement. */
export class SqlStore extends SqlFlows implements GrantStore {
  readonly name: string;

  constructor(database: SqlDatabase) {
    super(database);
    this.name = database.name;
  }

  async open(): Promise<void> {
    await this.database.migrate();
  }

  async find({ tenant, user, connection, account }: GrantQuery): Promise<GrantRecord | undefined> {
    const where = `WHERE tenant = $1 AND user_id = $2 AND connection = $3${account === undefined ? '' : ' AND account = $4'}
      ORDER BY CASE status WHEN 'revoked' THEN 1 ELSE 0 END, created_at, id LIMIT 1`;
    const values = [tenant, user, connection, ...(account === undefined ? [] : [account])];
    return (await this.#select(where, values))[0];
  }

  async get(id: string): Promise<GrantRecord | undefined> {
    return (await this.#select('WHERE id = $1', [id]))[0];
  }

  async list(filter: GrantFilter): Promise<readonly GrantRecord[]> {
    const { tenant, user, connection, status, idleMs, notKeyId, isSealed, after, limit } = filter;
    const values: SqlValue[] = [];
    const conditions: string[] = [];
    const add = (condition: string, value: SqlValue | undefined): void => {
      if (value === undefined) return;
      values.push(value);
      conditions.push(condition.replace('?', `$${values.length}`));
    };
    add('tenant = ?', tenant);
    add('user_id = ?', user);
    add('connection = ?', connection);
    add('status = ?', status);
    add('updated_at <= {now} - ?', idleMs);
    add('sealed IS NOT NULL AND key_id <> ?', notKeyId);
    add('id > ?', after);
    if (isSealed !== undefined) conditions.push(`sealed IS ${isSealed ? 'NOT ' : ''}NULL`);
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    values.push(limit);
    return this.#select(`${where} ORDER BY id LIMIT $${values.length}`, values);
  }

  async insert(grant: NewGrant): Promise<boolean> {
    const { id, tenant, user, connection, account } = grant;
    return this.#changes(
      `INSERT INTO bearings_grants (id, tenant, user_id, connection, account, issuer, client_id, scopes, access_expires_at,
         refresh_expires_at, has_refresh_token, sealed, key_id, last_error, status, version, created_at, updated_at)
       VALUES ($1, $11, $12, $13, $14, $2, $3, $4, {now} + $5, {now} + $6, $7, $8, $9, $10, 'active', 1, {now}, {now})
       ON CONFLICT DO NOTHING RETURNING id`,
      [id, ...contentValues(grant), tenant, user, connection, account],
    );
  }

  async replace(id: string, version: number, content: GrantContent): Promise<boolean> {
    return this.#changes(`${store} WHERE id = $1 AND version = $11 RETURNING id`, [
      id,
      ...contentValues(content),
      version,
    ]);
  }

  async claim(id: string, { version, owner, leaseMs, attempt }: Claim): Promise<boolean> {
    return this.#changes(
      `UPDATE bearings_grants SET lease_owner = $3, lease_until = {now} + $4, attempt = $5
       WHERE ${isActive} AND (lease_until IS NULL OR lease_until <= {now} OR lease_owner = $3) RETURNING id`,
      [id, version, owner, leaseMs, attempt],
    );
  }

  async extend(id: string, { version, owner, leaseMs }: Omit<Claim, 'attempt'>): Promise<boolean> {
    return this.#changes(
      `UPDATE bearings_grants SET lease_until = {now} + $4 WHERE ${isActive} AND lease_owner = $3 RETURNING id`,
      [id, version, owner, leaseMs],
    );
  }

  async commit(id: string, version: number, content: GrantContent): Promise<boolean> {
    const where = "WHERE id = $1 AND version = $11 AND status = 'active' RETURNING id";
    return this.#changes(`${store} ${where}`, [id, ...contentValues(content), version]);
  }

  async release(id: string, { version, owner, clearsAttempt, lastError }: Release): Promise<boolean> {
    return this.#changes(
      `UPDATE bearings_grants SET ${unclaimed}, last_error = $4${clearsAttempt ? ', attempt = NULL' : ''}
       WHERE ${isActive} AND lease_owner = $3 RETURNING id`,
      [id, version, owner, lastError],
    );
  }

  async expire(id: string, version: number, reason: GrantReason): Promise<boolean> {
    return this.#changes(
      `UPDATE bearings_grants SET ${unclaimed}, attempt = NULL, status = 'needs_reauthorization', reason = $3,
         updated_at = {now} WHERE ${isActive} RETURNING id`,
      [id, version, reason],
    );
  }

  async revoke(id: string): Promise<boolean> {
    return this.#changes(
      `UPDATE bearings_grants SET ${unclaimed}, attempt = NULL, status = 'revoked', reason = NULL, updated_at = {now}
       WHERE id = $1 AND status <> 'revoked' RETURNING id`,
      [id],
    );
  }

  async eraseSecret(id: string): Promise<void> {
    await this.database.query("UPDATE bearings_grants SET sealed = NULL WHERE id = $1 AND status = 'revoked'", [id]);
    await this.database.eraseDeleted();
  }

  async reseal(id: string, version: number, { sealed, keyId }: SealedContent): Promise<boolean> {
    return this.#changes(
      `UPDATE bearings_grants SET sealed = $3, key_id = $4
       WHERE id = $1 AND version = $2 AND sealed IS NOT NULL RETURNING id`,
      [id, version, sealed, keyId],
    );
  }

  async countByKey(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query(
      `SELECT key_id, count(*) AS rows FROM (
         SELECT key_id FROM bearings_grants WHERE sealed IS NOT NULL
         UNION ALL SELECT key_id FROM bearings_flows WHERE sealed IS NOT NULL
       ) AS sealed_rows GROUP BY key_id`,
    );
    return new Map(rows.map((row) => [String(row['key_id']), Number(row['rows'])]));
  }

  async deleteUser({ tenant, user }: Pick<GrantKey, 'tenant' | 'user'>): Promise<number> {
    await this.database.query('DELETE FROM bearings_flows WHERE tenant = $1 AND user_id = $2', [tenant, user]);
    const text = 'DELETE FROM bearings_grants WHERE tenant = $1 AND user_id = $2 RETURNING id';
    const deleted = await this.database.query(text, [tenant, user]);
    await this.database.eraseDeleted();
    return deleted.length;
  }

  async sweep(): Promise<void> {
    await this.database.query('DELETE FROM bearings_flows WHERE expires_at <= {now} - $1', [hourMs]);
    await this.database.query(
      `UPDATE bearings_grants SET sealed = NULL
       WHERE status = 'revoked' AND sealed IS NOT NULL AND updated_at <= {now} - $1`,
      [24 * hourMs],
    );
  }

  async close(): Promise<void> {
    await this.database.close();
  }

  async #select(where: string, values: readonly SqlValue[]): Promise<readonly GrantRecord[]> {
    const rows = await this.database.query(`SELECT *, {now} AS now_ms FROM bearings_grants ${where}`, values);
    return rows.map(toGrantRecord);
  }

  async #changes(text: string, values: readonly SqlValue[]): Promise<boolean> {
    return (await this.database.query(text, values)).length === 1;
  }
}

/** Writes a new pair, whatever the row had. */
const store = `UPDATE bearings_grants SET issuer = $2, client_id = $3, scopes = $4, access_expires_at = {now} + $5,
  refresh_expires_at = {now} + $6, has_refresh_token = $7, sealed = $8, key_id = $9, version = version + 1,
  status = 'active', reason = NULL, last_error = $10, attempt = NULL, ${unclaimed}, updated_at = {now}`;

/** `$2` to `$10`. Adding `null` to a number makes the instant `NULL`: it never comes. */
function contentValues(content: GrantContent): readonly SqlValue[] {
  const { issuer, clientId, scopes, accessLifetimeMs, refreshLifetimeMs, hasRefreshToken, sealed, keyId } = content;
  const { lastError = null } = content;
  const lifetimes = [toInstant(accessLifetimeMs), toInstant(refreshLifetimeMs)];
  return [issuer, clientId, JSON.stringify(scopes), ...lifetimes, hasRefreshToken ? 1 : 0, sealed, keyId, lastError];
}

import type { FlowOutcome, FlowRecord, NewFlow } from '../flow-record.ts';
import type { FlowStore } from '../flow-store.ts';
import type { GrantKey } from '../grant-key.ts';
import type { SqlDatabase, SqlValue } from './sql-database.ts';
import { toFlowRecord } from './sql-rows.ts';

/** Flows in a table. */
export class SqlFlows implements FlowStore {
  protected readonly database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.database = database;
  }

  async insertFlow(flow: NewFlow): Promise<void> {
    const { stateHash, id, tenant, user, connection, account, kind, issuer, redirectUri, returnTo } = flow;
    const { sealed, keyId, lifetimeMs } = flow;
    const scopes = JSON.stringify(flow.scopes);
    await this.database.query(
      `INSERT INTO bearings_flows (state_hash, id, tenant, user_id, connection, account, kind, issuer, redirect_uri,
         scopes, return_to, sealed, key_id, status, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'pending', {now}, {now} + $14)`,
      [
        stateHash,
        id,
        tenant,
        user,
        connection,
        account,
        kind,
        issuer,
        redirectUri,
        scopes,
        returnTo,
        sealed,
        keyId,
        lifetimeMs,
      ],
    );
  }

  async getFlow(id: string): Promise<FlowRecord | undefined> {
    return (await this.#select('WHERE id = $1', [id]))[0];
  }

  async findFlowByState(stateHash: string): Promise<FlowRecord | undefined> {
    return (await this.#select('WHERE state_hash = $1', [stateHash]))[0];
  }

  async listPendingFlows({ tenant, user, connection }: Omit<GrantKey, 'account'>): Promise<readonly FlowRecord[]> {
    return this.#select(
      `WHERE tenant = $1 AND user_id = $2 AND connection = $3 AND status = 'pending' AND expires_at > {now}
       ORDER BY created_at DESC`,
      [tenant, user, connection],
    );
  }

  async bindFlow(id: string, bindingHash: string): Promise<boolean> {
    const text = `UPDATE bearings_flows SET binding_hash = $2
      WHERE id = $1 AND status = 'pending' AND expires_at > {now} RETURNING id`;
    return (await this.database.query(text, [id, bindingHash])).length === 1;
  }

  async consumeFlow(stateHash: string, bindingHash: string): Promise<FlowRecord | undefined> {
    const text = `UPDATE bearings_flows SET status = 'exchanging'
      WHERE state_hash = $1 AND binding_hash = $2 AND status = 'pending' AND expires_at > {now}
      RETURNING *, {now} AS now_ms`;
    return (await this.database.query(text, [stateHash, bindingHash])).map(toFlowRecord)[0];
  }

  async finishFlow(id: string, { status, reason, grantId }: FlowOutcome): Promise<boolean> {
    const text = `UPDATE bearings_flows SET status = $2, reason = $3, grant_id = $4, sealed = NULL
      WHERE id = $1 AND (status = 'exchanging' OR (status = 'pending' AND expires_at > {now})) RETURNING id`;
    return (await this.database.query(text, [id, status, reason ?? null, grantId ?? null])).length === 1;
  }

  async #select(where: string, values: readonly SqlValue[]): Promise<readonly FlowRecord[]> {
    const rows = await this.database.query(`SELECT *, {now} AS now_ms FROM bearings_flows ${where}`, values);
    return rows.map(toFlowRecord);
  }
}

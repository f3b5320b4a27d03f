import { StoreError } from '../../errors.ts';
import { flowKinds, flowStatuses } from '../flow-record.ts';
import type { FlowRecord } from '../flow-record.ts';
import { grantReasons, grantStatuses } from '../grant-record.ts';
import type { GrantRecord } from '../grant-record.ts';
import type { SqlRow } from './sql-database.ts';

/** A row of `bearings_grants`, read together with `now_ms`. */
export function toGrantRecord(row: SqlRow): GrantRecord {
  const now = Number(row['now_ms']);
  const owner = toText(row['lease_owner']);
  return {
    ...toKey(row),
    id: String(row['id']),
    issuer: String(row['issuer']),
    clientId: String(row['client_id']),
    status: readWord(row['status'], grantStatuses),
    reason: row['reason'] === null ? undefined : readWord(row['reason'], grantReasons),
    version: Number(row['version']),
    scopes: toScopes(row),
    accessExpiresInMs: msFrom(now, row['access_expires_at']),
    refreshExpiresInMs: msFrom(now, row['refresh_expires_at']),
    hasRefreshToken: Number(row['has_refresh_token']) === 1,
    sealed: toBytes(row['sealed']),
    keyId: String(row['key_id']),
    lease: owner === undefined ? undefined : { owner, endsInMs: msFrom(now, row['lease_until']) },
    attempt: toText(row['attempt']),
    lastError: toText(row['last_error']),
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
  };
}

/** A row of `bearings_flows`, read together with `now_ms`. */
export function toFlowRecord(row: SqlRow): FlowRecord {
  const expiresInMs = msFrom(Number(row['now_ms']), row['expires_at']);
  const status = readWord(row['status'], flowStatuses);
  return {
    ...toKey(row),
    id: String(row['id']),
    stateHash: String(row['state_hash']),
    kind: readWord(row['kind'], flowKinds),
    issuer: String(row['issuer']),
    redirectUri: String(row['redirect_uri']),
    scopes: toScopes(row),
    returnTo: String(row['return_to']),
    sealed: toBytes(row['sealed']),
    keyId: String(row['key_id']),
    bindingHash: toText(row['binding_hash']),
    status: status === 'pending' && expiresInMs <= 0 ? 'expired' : status,
    reason: toText(row['reason']),
    grantId: toText(row['grant_id']),
    expiresInMs,
  };
}

/** An instant for a column: `null` for one that never comes. */
export const toInstant = (ms: number): number | null => (Number.isFinite(ms) ? Math.floor(ms) : null);

function toKey(row: SqlRow): Pick<GrantRecord, 'tenant' | 'user' | 'connection' | 'account'> {
  const { tenant, user_id: user, connection, account } = row;
  return { tenant: String(tenant), user: String(user), connection: String(connection), account: String(account) };
}

const toScopes = ({ scopes }: SqlRow): readonly string[] => JSON.parse(String(scopes));

const toText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const toBytes = (value: unknown): Uint8Array | undefined => (value instanceof Uint8Array ? value : undefined);

/** @throws StoreError for a word that this version does not know */
function readWord<T extends string>(value: unknown, words: readonly T[]): T {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new StoreError(
    'newer_schema',
    'A row has a status or reason that this version of @bearings/user-tokens does not know',
  );
}

/** Drivers return 64-bit integers as numbers, text or BigInt. */
const msFrom = (now: number, instant: unknown): number =>
  instant === null || instant === undefined ? Infinity : Number(instant) - now;

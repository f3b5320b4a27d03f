import { StoreError } from '../../errors.ts';

/** The types that the dialects name differently. */
interface ColumnTypes {
  readonly integer: string;
  readonly bytes: string;
}

/** One step of the schema, as statements. A step that was released is never changed. */
type Migration = (types: ColumnTypes) => readonly string[];

const createGrants: Migration = ({ integer, bytes }) => [
  `CREATE TABLE bearings_grants (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    user_id TEXT NOT NULL,
    connection TEXT NOT NULL,
    account TEXT NOT NULL,
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    version ${integer} NOT NULL,
    scopes TEXT NOT NULL,
    access_expires_at ${integer},
    refresh_expires_at ${integer},
    has_refresh_token ${integer} NOT NULL,
    sealed ${bytes},
    key_id TEXT NOT NULL,
    lease_owner TEXT,
    lease_until ${integer},
    attempt TEXT,
    last_error TEXT,
    created_at ${integer} NOT NULL,
    updated_at ${integer} NOT NULL,
    UNIQUE (tenant, user_id, connection, account)
  )`,
];

const createFlows: Migration = ({ integer, bytes }) => [
  `CREATE TABLE bearings_flows (
    state_hash TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    tenant TEXT NOT NULL,
    user_id TEXT NOT NULL,
    connection TEXT NOT NULL,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    issuer TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scopes TEXT NOT NULL,
    return_to TEXT NOT NULL,
    binding_hash TEXT,
    sealed ${bytes},
    key_id TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    grant_id TEXT,
    created_at ${integer} NOT NULL,
    expires_at ${integer} NOT NULL
  )`,
  'CREATE INDEX bearings_flows_user ON bearings_flows (tenant, user_id, connection)',
];

/** All steps; the version of the schema is their number. */
export const migrations: readonly Migration[] = [createGrants, createFlows];

/** @throws StoreError when the tables are of a newer version than this package knows */
export function checkVersion(name: string, version: number): void {
  if (version <= migrations.length) return;
  throw new StoreError(
    'newer_schema',
    `${name} has schema version ${version}, and this version of @bearings/user-tokens knows ${migrations.length}. Update the package; nothing was changed`,
  );
}

/** What a column holds. Numbers are whole. */
export type SqlValue = string | number | Uint8Array | null;

/** One row, by the names of its columns. */
export type SqlRow = Readonly<Record<string, unknown>>;

/**
 * The database under a store, in the dialect that SQLite and PostgreSQL share: `$1` for values, `{now}` for the database's
 * time in milliseconds since the epoch.
 */
export interface SqlDatabase {
  readonly name: string;
  /**
   * Runs one statement.
   *
   * @throws StoreError
   */
  query(text: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /**
   * Brings the tables up to date, under the database's own lock.
   *
   * @throws StoreError, with the reason `newer_schema` for tables of a newer version
   */
  migrate(): Promise<void>;
  /** Overwrites what was deleted, as far as the database can. */
  eraseDeleted(): Promise<void>;
  close(): Promise<void>;
}

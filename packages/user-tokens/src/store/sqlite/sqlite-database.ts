import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import type { Clock } from '@bearings/client';
import { StoreError } from '../../errors.ts';
import { checkVersion, migrations } from '../sql/migrations.ts';
import type { SqlDatabase, SqlRow, SqlValue } from '../sql/sql-database.ts';
import { toStoreError } from '../sql/to-store-error.ts';
import { preparePrivateFile } from './private-file.ts';

/** How long SQLite itself waits for a lock of others. The event loop waits too. */
const blockingWaitMs = 50;
/** How long a statement is tried again after that, in all. */
const longestWaitMs = 5_000;

interface Prepared {
  readonly statement: StatementSync;
  /** The value for each `?`: an index, or the time. */
  readonly order: readonly (number | 'now')[];
}

/** A SQLite file: write-ahead log, synced at each commit, with deleted content overwritten. */
export class SqliteDatabase implements SqlDatabase {
  readonly name: string;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #prepared = new Map<string, Prepared>();
  #database: DatabaseSync | undefined;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
    this.name = `SQLite (${path})`;
  }

  async query(text: string, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return this.#whenFree(() => {
      const { statement, order } = this.#prepare(text);
      const now = Math.floor(this.#clock.now());
      return statement.all(...order.map((index) => (index === 'now' ? now : (values[index] ?? null))));
    });
  }

  async migrate(): Promise<void> {
    await this.#whenFree(() => this.#open());
    await this.#whenFree(() => this.#migrate());
  }

  /** The write-ahead log has former content until it is emptied. While others read, that is done at a later change. */
  async eraseDeleted(): Promise<void> {
    await this.#whenFree(() => this.#opened().exec('PRAGMA wal_checkpoint(TRUNCATE)'));
  }

  async close(): Promise<void> {
    this.#prepared.clear();
    if (this.#database?.isOpen === true) this.#database.close();
    this.#database = undefined;
  }

  #open(): void {
    if (this.#database !== undefined) return;
    preparePrivateFile(this.#path);
    const database = new DatabaseSync(this.#path, { timeout: blockingWaitMs });
    try {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
      this.#database = database;
    } catch (cause) {
      database.close();
      throw cause;
    }
  }

  #migrate(): void {
    const database = this.#opened();
    database.exec('BEGIN IMMEDIATE');
    try {
      database.exec('CREATE TABLE IF NOT EXISTS bearings_schema (version INTEGER PRIMARY KEY) STRICT');
      const version = Number(
        database.prepare('SELECT max(version) AS version FROM bearings_schema').get()?.['version'] ?? 0,
      );
      checkVersion(this.name, version);
      migrations.slice(version).forEach((migrate, index) => {
        for (const statement of migrate({ integer: 'INTEGER', bytes: 'BLOB' })) database.exec(statement);
        database.prepare('INSERT INTO bearings_schema (version) VALUES (?)').run(version + index + 1);
      });
      database.exec('COMMIT');
    } catch (cause) {
      database.exec('ROLLBACK');
      throw cause;
    }
  }

  #opened(): DatabaseSync {
    if (this.#database !== undefined) return this.#database;
    throw new StoreError('unavailable', `${this.name} is not open`);
  }

  #prepare(text: string): Prepared {
    const known = this.#prepared.get(text);
    if (known !== undefined) return known;
    const order: Prepared['order'][number][] = [];
    const plain = text.replaceAll(/\$(\d+)|\{now\}/g, (_, index?: string) => {
      order.push(index === undefined ? 'now' : Number(index) - 1);
      return '?';
    });
    const prepared = { statement: this.#opened().prepare(plain), order };
    this.#prepared.set(text, prepared);
    return prepared;
  }

  /** Runs an action, again while another process has the lock. */
  async #whenFree<T>(action: () => T): Promise<T> {
    const startedMs = performance.now();
    for (;;) {
      try {
        return action();
      } catch (cause) {
        if (!isBusy(cause) || performance.now() - startedMs > longestWaitMs) throw toStoreError(this.name, cause);
      }
      await new Promise<void>((resolve) => setTimeout(resolve, blockingWaitMs));
    }
  }
}

/** SQLITE_BUSY, with any extension. */
const isBusy = (cause: unknown): boolean => (Number(Object(cause).errcode) & 0xff) === 5;

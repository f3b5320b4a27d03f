import { ConfigError } from '@bearings/client/errors';
import { DatabaseSync } from 'node:sqlite';
import { parseRecord, recordTokenStore } from '@bearings/oauth-bearer/store';
import type { RecordTable, TokenStore } from '@bearings/oauth-bearer/store';
import { createPrivateFile } from './private-file.ts';

/** A store in a file. Close it when it is not needed any more. */
export interface FileTokenStore extends TokenStore {
  /** Deletes every entry. Answers with how many there were. */
  clear(): Promise<number>;
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * A store in a SQLite file: for command lines, cron jobs and the processes of one machine.
 *
 * Creates the file with mode 0600 in a folder with mode 0700. Needs a local disk: SQLite does not lock files of NFS.
 *
 * @param path - the file, such as `~/.cache/bearings/tokens.db`, written out
 * @throws ConfigError when the file is a symbolic link, belongs to another user, or is not a database
 */
export function fileTokenStore(path: string): FileTokenStore {
  const database = openDatabase(path);
  const store = recordTokenStore(createTable(database, () => Date.now()));
  const close = (): void => {
    if (database.isOpen) database.close();
  };
  return {
    ...store,
    clear: async () => Number(database.prepare('DELETE FROM tokens').run().changes),
    close,
    [Symbol.dispose]: close,
  };
}

/** How long a statement waits for another process, in milliseconds. Each takes far less than one. */
const busyTimeoutMs = 500;

/** @throws ConfigError */
export function openDatabase(path: string): DatabaseSync {
  if (typeof path !== 'string' || path === '') throw new ConfigError('path', 'path must be the path of a file');
  createPrivateFile(path);
  try {
    const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
    // one file, without a second one beside it that would need the same protection
    database.exec('PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = OFF;');
    database.exec(
      'CREATE TABLE IF NOT EXISTS tokens (key TEXT PRIMARY KEY, version INTEGER NOT NULL, record TEXT NOT NULL, ends_at INTEGER NOT NULL) STRICT',
    );
    return database;
  } catch {
    throw new ConfigError(
      'path',
      `${path} cannot be used as a token store: it is not a database, or cannot be written. Choose another path`,
    );
  }
}

/** @param now - one clock for all processes: the machine's wall clock */
export function createTable(database: DatabaseSync, now: () => number): RecordTable {
  const select = database.prepare('SELECT version, record FROM tokens WHERE key = ?');
  const insert = database.prepare(
    'INSERT INTO tokens (version, record, ends_at, key) VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const update = database.prepare(
    'UPDATE tokens SET version = version + 1, record = ?, ends_at = ? WHERE key = ? AND version = ?',
  );
  const deleteEnded = database.prepare('DELETE FROM tokens WHERE ends_at < ?');
  return {
    async read(key) {
      const row = select.get(key);
      const version = row === undefined ? undefined : Number(row['version']);
      return { nowMs: now(), version, record: parseRecord(row?.['record']) };
    },
    async write(key, { record, version, endsAtMs }) {
      const values = [JSON.stringify(record), Math.ceil(endsAtMs), key] as const;
      if (version !== undefined) return update.run(...values, version).changes === 1;
      deleteEnded.run(now());
      return insert.run(...values).changes === 1;
    },
  };
}

import { systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { assertOption, checkOptions, clockRule } from '@bearings/client/layer';
import type { GrantStore } from './grant-store.ts';
import { SqlStore } from './sql/sql-store.ts';
import { SqliteDatabase } from './sqlite/sqlite-database.ts';

export interface SqliteStoreOptions {
  /** The file. It is created with mode 0600, its folder with 0700. */
  readonly path: string;
  /** Default: the system's clock, which all processes on a machine share. */
  readonly clock?: Clock;
}

/** Keeps grants in a SQLite file, by Node's own `node:sqlite`. Any number of processes of one machine may share it. */
export function sqliteStore(options: SqliteStoreOptions): GrantStore {
  checkOptions(options, { path: pathRule, clock: clockRule }, { owner: 'sqliteStore' });
  assertOption('path', options.path, pathRule);
  return new SqlStore(new SqliteDatabase(options.path, options.clock ?? systemClock));
}

const pathRule = {
  test: (value: unknown) =>
    typeof value === 'string' && value !== '' && !value.startsWith(':') && !value.includes('\0'),
  expected: 'the path of a file',
};

/** The SQLite store, apart from the rest: not every runtime has `node:sqlite`. */
export { sqliteStore } from './store/sqlite-store.ts';
export type { SqliteStoreOptions } from './store/sqlite-store.ts';

export { enqueue } from './enqueue.ts';
export type { Enqueued } from './enqueue.ts';
export { openDatabase } from './open-database.ts';
export type { Database, DatabaseOptions } from './open-database.ts';
export { serveStatus } from './serve-status.ts';
export type { StatusServer } from './serve-status.ts';
export { readStatus } from './status.ts';
export type { ConnectorStatus, RunStatus, Status, StatusOptions } from './status.ts';

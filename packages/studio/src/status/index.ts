export { statusHandler } from './status-handler.ts';
export type { ReadConnectors } from './connector-reader.ts';
export type { StatusHandler, StatusOptions } from './status-handler.ts';
export type { ObservedToken } from './token-recorder.ts';
export type { ObservedUsers } from './user-counter.ts';
export type {
  ClientRow,
  ConnectorRun,
  ConnectorsRow,
  ConnectorsStatus,
  StatusEvent,
  StatusFailure,
  StatusSnapshot,
  TokenRow,
  UsersRow,
} from './status-snapshot.ts';

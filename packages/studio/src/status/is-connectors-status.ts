import { isFields } from '../documents/value.ts';
import type { ConnectorsStatus } from './status-snapshot.ts';

/** True for what has the lists of a status of connectors, and the names in them that rows are known by. */
export function isConnectorsStatus(value: unknown): value is ConnectorsStatus {
  return (
    isFields(value) && isNamed(value['connectors']) && isNamed(value['workers']) && isNamed(value['runs'], 'connector')
  );
}

/** True for a list of rows that all have a name. */
const isNamed = (rows: unknown, key = 'name'): boolean =>
  Array.isArray(rows) && rows.every((row) => isFields(row) && typeof row[key] === 'string');

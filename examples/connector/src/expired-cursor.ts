import { isBearingsError } from '@bearings/client';
import type { RunError } from './run-error.ts';
import type { Resource } from './schema/resource-schema.ts';
import type { Task } from './task.ts';

/** What servers answer to a cursor that they no longer know, besides 410. */
const possibleStatuses = [400, 404, 422];

/**
 * True when the server may no longer know the place of a list where the run continues: 410 for any page but the first
 * one; for the first request of a run that continues with a cursor or an address, also 400, 404 and 422.
 *
 * @param wasPulled - true when an earlier page of the list was pulled in this run
 */
export function isExpiredCursor(error: unknown, { position }: Task, wasPulled: boolean): boolean {
  if (position.page === 1 || !isBearingsError(error, 'HTTP_STATUS')) return false;
  if (error.status === 410) return true;
  return !wasPulled && position.at !== undefined && possibleStatuses.includes(error.status);
}

/** Adds what to do: the same command would fail again. */
export function describeExpiredCursor(failure: RunError, { name, expiredCursor }: Resource): RunError {
  const advice =
    expiredCursor === 'restart'
      ? 'The list was pulled again from its first page, and its cursor has expired again'
      : `The API no longer knows where this list was left. Set expiredCursor: restart at ${name}, to pull the list again; what is in the output is not written twice`;
  return failure.with([advice], 'fails');
}

import { describeType, resolvePattern, resolvePointer } from '@bearings/client/paging';
import { RunError } from './run-error.ts';
import type { Resource } from './schema/resource-schema.ts';

/** Which records a resource has. */
type RecordPlace = Pick<Resource, 'records' | 'missingRecords' | 'errors'>;

/**
 * The records of a response.
 *
 * @param show - makes text safe to show
 * @throws RunError when there is no list of records, or the response says that it has failed
 */
export function findRecords(body: unknown, place: RecordPlace, show: (text: string) => string): readonly unknown[] {
  const answer = (): string => `answer: ${show(JSON.stringify(body))}`;
  assertNoErrors(body, place.errors, answer);
  const { records: pattern } = place;
  const where = pattern === '' ? 'the response itself' : pattern;
  const found = resolvePattern(body, pattern);
  if ('missingAt' in found) {
    if (place.missingRecords === 'none') return [];
    throw new RunError('EXTRACTION', `no list of records at ${where}: there is no ${found.missingAt}`, [answer()]);
  }
  if (pattern.includes('/*')) return found.values.flat();
  const [list] = found.values;
  if (list === null) return [];
  if (Array.isArray(list)) return list;
  throw new RunError('EXTRACTION', `no list of records at ${where}: found ${describeType(list)}`, [answer()]);
}

function assertNoErrors(body: unknown, pointer: string | undefined, answer: () => string): void {
  if (pointer === undefined) return;
  const found = resolvePointer(body, pointer);
  if ('missingAt' in found || isNothing(found.value)) return;
  throw new RunError('EXTRACTION', `the response has errors at ${pointer}`, [answer()]);
}

const isNothing = (value: unknown): boolean =>
  value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0);

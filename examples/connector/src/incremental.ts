import { z } from 'zod';
import { describeType, resolvePointer, toText } from '@bearings/client/paging';
import { RunError } from './run-error.ts';
import type { Resource } from './schema/resource-schema.ts';

/** How far changes were pulled. */
export const markSchema = z.strictObject({
  /** The latest change when everything was pulled last. The next pull starts here. */
  since: z.string().optional(),
  /** The latest change of the pull that is not finished. */
  latest: z.string().optional(),
});

/** How far changes of a resource were pulled. */
export type Mark = Readonly<z.output<typeof markSchema>>;

type Incremental = NonNullable<Resource['incremental']>;

/** Epoch seconds of 2001, and milliseconds of 1973: numbers from here on are times. */
const firstEpochSeconds = 1e9;
const firstEpochMs = 1e11;

/** Where a pull of changes starts: the last mark, less the time to look back; else `start`. */
export function startOfChanges({ start, lookBackS }: Incremental, mark: Mark | undefined): string | undefined {
  const { since } = mark ?? {};
  return since === undefined ? start : lookBack(since, lookBackS);
}

function lookBack(value: string, seconds: number): string {
  if (seconds === 0) return value;
  if (isNumber(value)) {
    const unit = Number(value) >= firstEpochMs ? 1_000 : 1;
    return String(Math.floor(Number(value) - seconds * unit));
  }
  const at = parseTime(value);
  if (at === undefined)
    throw new RunError('CONFIG', `lookBackS needs times or numbers, and the latest change is neither`);
  const text = new Date(at - seconds * 1_000).toISOString();
  return /\.\d/.test(value) ? text : text.replace(/\.\d+Z$/, 'Z');
}

/**
 * The latest change of these records and `latest`.
 *
 * A time after `nowMs` is taken as `nowMs`: one record with a wrong year must not hide all later changes.
 *
 * @throws RunError when a record has no such field
 */
export function latestChange(
  records: readonly unknown[],
  { field }: Incremental,
  { latest, nowMs }: { readonly latest: string | undefined; readonly nowMs: number },
): string | undefined {
  return records
    .map((record, index) => readChange(record, field, index))
    .filter((value) => value !== undefined)
    .map((value) => notAfter(value, nowMs))
    .reduce<string | undefined>((last, value) => (last === undefined || isLater(value, last) ? value : last), latest);
}

function readChange(record: unknown, field: string, index: number): string | undefined {
  const found = resolvePointer(record, field);
  if ('missingAt' in found) {
    throw new RunError('EXTRACTION', `record ${index + 1} has no ${found.missingAt}, which incremental.field names`);
  }
  if (found.value === null) return undefined;
  const text = toText(found.value);
  if (text !== undefined) return text;
  throw new RunError(
    'EXTRACTION',
    `record ${index + 1} has ${describeType(found.value)} at ${field}, not a time or a number`,
  );
}

function notAfter(value: string, nowMs: number): string {
  if (isNumber(value)) {
    const number = Number(value);
    if (number < firstEpochSeconds) return value;
    const now = number >= firstEpochMs ? nowMs : Math.floor(nowMs / 1_000);
    return number > now ? String(now) : value;
  }
  const at = parseTime(value);
  return at !== undefined && at > nowMs ? new Date(nowMs).toISOString() : value;
}

/** Numbers and times by their value, other texts by their characters. */
export function isLater(a: string, b: string): boolean {
  if (isNumber(a) && isNumber(b)) return Number(a) === Number(b) ? compareDigits(a, b) > 0 : Number(a) > Number(b);
  const [atA, atB] = [parseTime(a), parseTime(b)];
  if (atA !== undefined && atB !== undefined && atA !== atB) return atA > atB;
  return a > b;
}

/** Whole numbers beyond 2^53, which are equal as JavaScript numbers. Two forms of a number, such as 1e3, are equal. */
function compareDigits(a: string, b: string): number {
  if (!/^\d+$/.test(a) || !/^\d+$/.test(b)) return 0;
  return a.length === b.length ? (a > b ? 1 : -1) : a.length - b.length;
}

const isNumber = (text: string): boolean => /^\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?$/i.test(text);

/** An ISO 8601 date or time, in milliseconds; one without a zone is in UTC. */
function parseTime(text: string): number | undefined {
  const [, day, time = 'T00:00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/i.exec(text) ?? [];
  if (day === undefined) return undefined;
  const at = Date.parse(`${day}T${time.replace(/^T/, '')}${zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2').toUpperCase()}`);
  return Number.isNaN(at) ? undefined : at;
}

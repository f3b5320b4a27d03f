import { UsageError } from '../../usage-error.ts';

const units: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** The longest time limit of a client. */
const maxMs = 2 ** 31 - 1;

/**
 * Reads a time limit such as `500ms`, `1.5s`, `2m` or `1h`, in milliseconds; `none` is no limit.
 *
 * @param flag - for the message
 * @throws UsageError
 */
export function parseDuration(flag: string, text: string): number | false {
  if (text === 'none') return false;
  const [, digits = '', unit = ''] = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Math.round(Number(digits) * (units.get(unit) ?? Number.NaN));
  if (digits !== '' && ms >= 1 && ms <= maxMs) return ms;
  const hint = /^\d+$/.test(text) ? ` (did you mean ${text}s or ${text}ms?)` : '';
  throw new UsageError(`${flag} needs a time with its unit, such as 500ms, 30s or 2m, or none${hint}`);
}

/**
 * Reads a whole number from 0 on.
 *
 * @param flag - for the message
 * @throws UsageError
 */
export function parseCount(flag: string, text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new UsageError(`${flag} needs a whole number from 0 on`);
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** IMF-fixdate, the obsolete RFC 850 form, and asctime: the three that a recipient must accept (RFC 9110 §5.6.7). */
const forms = [
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/,
];

/**
 * Epoch milliseconds of an HTTP-date in any of its three forms; `undefined` for anything else, ISO dates included.
 *
 * `Date.parse` is not used: it reads a leap second as the minute's beginning, and two-digit years from 50 as of the last
 * century.
 *
 * @param nowMs - a two-digit year is not more than 50 years after it
 */
export function parseHttpDate(value: string, nowMs: number): number | undefined {
  for (const form of forms) {
    const { year = '', month = '', day = '', time = '' } = form.exec(value)?.groups ?? {};
    if (year === '') continue;
    const toMs = (fullYear: number): number | undefined => toEpochMs(fullYear, { month, day: Number(day), time });
    return year.length === 4 ? toMs(Number(year)) : latestYear(Number(year), nowMs, toMs);
  }
  return undefined;
}

/** The latest date with this two-digit year that is not more than 50 years after now. */
function latestYear(twoDigits: number, nowMs: number, toMs: (year: number) => number | undefined): number | undefined {
  const now = new Date(nowMs);
  const limitMs = new Date(nowMs).setUTCFullYear(now.getUTCFullYear() + 50);
  const century = Math.floor(now.getUTCFullYear() / 100) * 100;
  return [century + 100, century, century - 100]
    .map((start) => toMs(start + twoDigits))
    .find((at) => at !== undefined && at <= limitMs);
}

interface DayAndTime {
  readonly month: string;
  readonly day: number;
  readonly time: string;
}

function toEpochMs(year: number, { month, day, time }: DayAndTime): number | undefined {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  const monthIndex = monthNames.indexOf(month);
  if (monthIndex === -1 || hours > 23 || minutes > 59 || seconds > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, monthIndex, day);
  if (date.getUTCMonth() !== monthIndex || date.getUTCDate() !== day) return undefined; // such as 31 April
  return date.setUTCHours(hours, minutes, seconds); // second 60 is the next minute
}

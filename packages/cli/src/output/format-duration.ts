const secondsIn = { d: 86_400, h: 3_600, min: 60, s: 1 } as const;

/**
 * A duration for people: `45 s`, `12 min 5 s`, `3 h`, `4 d 3 h`. At most two units, rounded to a second.
 *
 * Below a second it is in milliseconds; `Infinity` is `no end`.
 */
export function formatDuration(ms: number): string {
  if (ms === Infinity) return 'no end';
  const size = Math.max(0, ms);
  if (size < 1_000) return `${Math.round(size)} ms`;
  let left = Math.round(size / 1_000);
  const parts = Object.entries(secondsIn).map(([unit, seconds]) => {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    return { unit, count };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(({ count }) => count > 0)
    .map(({ unit, count }) => `${count} ${unit}`)
    .join(' ');
}

/**
 * An instant for people, in local time: `14:30:05` on the day of `now`, `2026-11-08 14:30` on other days.
 *
 * @param at - in milliseconds since the epoch
 * @param now - the current time, in milliseconds since the epoch
 */
export function formatInstant(at: number, now: number): string {
  const [instant, today] = [new Date(at), new Date(now)];
  const time = [instant.getHours(), instant.getMinutes(), instant.getSeconds()].map(twoDigits);
  if (instant.toDateString() === today.toDateString()) return time.join(':');
  const day = [String(instant.getFullYear()), twoDigits(instant.getMonth() + 1), twoDigits(instant.getDate())].join(
    '-',
  );
  return `${day} ${time.slice(0, 2).join(':')}`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

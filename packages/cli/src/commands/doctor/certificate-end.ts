const dayMs = 86_400_000;

/** Earlier than this, an automatic renewal should have happened. */
const soonDays = 14;

/** When a certificate ends, in words and days, and whether that is soon. Times are in milliseconds since the epoch. */
export function describeEnd(endsAt: number, now: number): { readonly end: string; readonly isSoon: boolean } {
  const days = Math.floor((endsAt - now) / dayMs);
  const end = days < 1 ? 'expires within a day' : `expires in ${days === 1 ? 'a day' : `${days} days`}`;
  return { end, isSoon: days < soonDays };
}

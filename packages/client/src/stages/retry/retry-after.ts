/** IMF-fixdate, the obsolete RFC 850 form, and asctime: the three a recipient must accept (RFC 9110 §5.6.7). */
const imfDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const rfc850Date = /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const asctimeDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/**
 * Milliseconds to wait before a retry, as the server asked for.
 *
 * Reads `Retry-After` as seconds or as an HTTP-date (RFC 9110 §10.2.3). A date in the past means 0.
 * Returns `undefined` when the header is missing or is neither; the caller then uses its own backoff.
 *
 * @param nowMs - the current time, in milliseconds since the epoch
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const at = parseHttpDate(value);
  return at === undefined ? undefined : Math.max(0, at - nowMs);
}

/** Epoch milliseconds of an HTTP-date in any of its three forms; `undefined` for anything else, ISO dates included. */
function parseHttpDate(value: string): number | undefined {
  const isDate = imfDate.test(value) || rfc850Date.test(value);
  const at = isDate ? Date.parse(value) : asctimeDate.test(value) ? Date.parse(`${value} GMT`) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

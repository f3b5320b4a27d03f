import type { Clock } from '@bearings/client';

/** A fetch that records the clock skew of each server. */
export interface ServerClocks {
  readonly fetch: typeof globalThis.fetch;
  /** Records them for another fetch too. */
  readonly track: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch;
  /** How far the clock at an origin is ahead of this machine's, in milliseconds; `undefined` when not known. */
  readonly skewMs: (origin: string) => number | undefined;
}

/** Reads the `Date` of each response (RFC 9110 §6.6.1), which is exact to a second. */
export function trackServerClocks(fetch: typeof globalThis.fetch, clock: Clock): ServerClocks {
  const skews = new Map<string, number>();
  const track: ServerClocks['track'] = (tracked) => async (input, init) => {
    const sentAt = clock.now();
    const response = await tracked(input, init);
    const at = serverTime(response.headers);
    const { origin } = new URL(input instanceof Request ? input.url : input);
    if (at !== undefined) skews.set(origin, at - (sentAt + clock.now()) / 2);
    return response;
  };
  return { skewMs: (origin) => skews.get(origin), track, fetch: track(fetch) };
}

/** The middle of the second in `Date`, plus the `Age` of a cached response. */
function serverTime(headers: Headers): number | undefined {
  const at = Date.parse(headers.get('date') ?? '');
  const ageS = Number(headers.get('age') ?? 0);
  return Number.isNaN(at) ? undefined : at + 500 + (Number.isFinite(ageS) ? ageS * 1_000 : 0);
}

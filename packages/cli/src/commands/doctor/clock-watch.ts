import type { Clock } from '@bearings/client';

/** A network that remembers what time it is where the answers come from. */
export interface ClockWatch {
  readonly fetch: typeof globalThis.fetch;
  /** How far the clock at an origin is ahead of this machine's, in milliseconds; `undefined` when it did not say. */
  readonly aheadMs: (origin: string) => number | undefined;
}

/** Reads the `Date` of each answer (RFC 9110 §6.6.1), to within a second. */
export function watchClocks(fetch: typeof globalThis.fetch, clock: Clock): ClockWatch {
  const seen = new Map<string, number>();
  return {
    aheadMs: (origin) => seen.get(origin),
    fetch: async (input, init) => {
      const sentAt = clock.now();
      const response = await fetch(input, init);
      const at = timeOf(response.headers);
      const { origin } = new URL(input instanceof Request ? input.url : input);
      if (at !== undefined) seen.set(origin, at - (sentAt + clock.now()) / 2);
      return response;
    },
  };
}

/** The middle of the second that it says; a cache adds how long it has kept the answer. */
function timeOf(headers: Headers): number | undefined {
  const at = Date.parse(headers.get('date') ?? '');
  const ageS = Number(headers.get('age') ?? 0);
  return Number.isNaN(at) ? undefined : at + 500 + (Number.isFinite(ageS) ? ageS * 1_000 : 0);
}

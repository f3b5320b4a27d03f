import { Token } from '@bearings/oauth-bearer';
import { virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import { onTestFinished } from 'vitest';
import { clientId, clientSecret } from './create-service.ts';
import { seededRandom } from './seeded-random.ts';

export interface FleetOptions {
  readonly instances: number;
  readonly tokenLifetimeMs: number;
}

/** Instances of a service that started at the same moment, each with its own token. */
export interface Fleet {
  readonly clock: VirtualClock;
  readonly tokens: readonly Token[];
  /** The times of the token requests of each instance, in milliseconds since the start. */
  readonly requestedAt: readonly (readonly number[])[];
  /** True while the issuer cannot be reached. */
  isDown: boolean;
}

/** Starts the instances. The issuer is a function that records the time of each request. */
export async function createFleet({ instances, tokenLifetimeMs }: FleetOptions): Promise<Fleet> {
  const clock = virtualClock();
  const random = seededRandom(7);
  const requestedAt = Array.from({ length: instances }, (): number[] => []);
  const issue =
    (asked: number[]): typeof globalThis.fetch =>
    async () => {
      asked.push(clock.monotonic());
      if (!all.isDown) return Response.json({ access_token: 'at_CANARY_1', expires_in: tokenLifetimeMs / 1_000 });
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) });
    };
  const all = { isDown: false };
  const config = { tokenEndpoint: 'https://as.example/token', clientId, clientSecret, clock, random };
  const created = await Promise.all(requestedAt.map((asked) => Token.create({ ...config, fetch: issue(asked) })));
  const tokens = created.map((each) => each.unwrap());
  onTestFinished(() => void Promise.all(tokens.map((token) => token.close())));
  return Object.assign(all, { clock, tokens, requestedAt });
}

/** The largest number of these instants within any one second. */
export function maxPerSecond(instants: readonly number[]): number {
  const sorted = instants.toSorted((one, other) => one - other);
  let most = 0;
  let first = 0;
  for (const [last, at] of sorted.entries()) {
    while (at - (sorted[first] ?? at) >= 1_000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

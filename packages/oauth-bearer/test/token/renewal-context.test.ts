import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { Clock } from '@bearings/client';
import { fakeIssuer, virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createToken } from '../create-token.ts';

test("a renewal by the timer does not belong to the first caller's trace", async () => {
  const trace = new AsyncLocalStorage<string>();
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: 3_600_000 });
  const traces: (string | undefined)[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    traces.push(trace.getStore());
    return issuer.fetch(input, init);
  };
  await using token = await createToken(issuer, { clock: likeNode(clock), fetch, start: 'lazy' });

  await trace.run("the first caller's", () => token.get());
  const first = new Set(traces.splice(0));
  await clock.advance(3_600_000 * 3);

  expect(first).toEqual(new Set(["the first caller's"]));
  expect(traces.length).toBeGreaterThan(3);
  expect(new Set(traces)).toEqual(new Set([undefined]));
});

/** Node's timers run in the async context in which they were set. */
function likeNode(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    schedule: (delayMs, act, options) => clock.schedule(delayMs, AsyncResource.bind(act), options),
  };
}

import { faults } from '@bearings/testing';
import { expect } from 'vitest';
import { settleCall, expectCallOutcome, getStatus } from './call-outcome.ts';
import type { CallOutcome } from './call-outcome.ts';
import { createService } from './create-service.ts';
import { replay } from './replay.ts';
import type { Run } from './replay.ts';

/** The outcome of a call with a `Retry-After`, the times of its attempts, and the wait between them. */
interface Waited {
  readonly outcome: CallOutcome;
  /** Milliseconds since the start of the call. */
  readonly attemptsAt: readonly number[];
}

/** Sends a GET whose first response has this `Retry-After`. The jitter is the largest possible. */
async function callAfter(retryAfter: string, { status = 503, totalTimeout = 0 } = {}): Promise<Waited> {
  const { api, client, clock } = await createService({ client: { retry: {}, random: () => 1 } });
  api.inject(faults.status(status, { headers: { 'retry-after': retryAfter } }), { times: 1 });
  const startedAt = clock.now();

  const called = settleCall(client.fetch('orders', totalTimeout === 0 ? {} : { totalTimeout }));
  await clock.advance(3_600_000);

  return { outcome: await called, attemptsAt: api.requests.map(({ at }) => at - startedAt) };
}

/** Expects the second attempt this long after the first. */
const waits =
  (retryAfter: string, waitMs: number): Run =>
  async ({ entry, hides }) => {
    const { outcome, attemptsAt } = await callAfter(retryAfter);

    expectCallOutcome(entry, hides(outcome));
    expect(attemptsAt).toEqual([0, waitMs]);
  };

const ownBackoffMs = 100;

replay('RT-016', waits('0', 0));
replay('RT-019', waits('Sunday, 06-Nov-94 08:49:37 GMT', 0));
replay('RT-020', waits('Sun Nov  6 08:49:37 1994', 0));
replay('RT-021', waits('2026-11-21T12:00:00Z', ownBackoffMs));

replay('RT-018', async ({ hides }) => {
  // the client waits a minute at most, and never less than the server asked for: the caller receives the response at once
  for (const totalTimeout of [0, 90_000, 10_000]) {
    const { outcome, attemptsAt } = await callAfter('Sun, 06 Nov 2094 08:49:37 GMT', { totalTimeout });
    expect(getStatus(hides(outcome))).toBe(503);
    expect(attemptsAt).toEqual([0]);
  }

  // the same when the wait would exceed the deadline
  const tooLate = await callAfter('30', { totalTimeout: 10_000 });
  expect(getStatus(hides(tooLate.outcome))).toBe(503);
  expect(tooLate.attemptsAt).toEqual([0]);
});

replay('RT-023', async ({ entry, hides }) => {
  const fine = await callAfter('30', { status: 200 });
  expectCallOutcome(entry, hides(fine.outcome));
  expect(fine.attemptsAt).toEqual([0]);

  const missing = await callAfter('30', { status: 404 });
  expect(getStatus(hides(missing.outcome))).toBe(404);
  expect(missing.attemptsAt).toEqual([0]);
});

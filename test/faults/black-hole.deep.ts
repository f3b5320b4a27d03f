import { createClient } from '@bearings/client';
import { staticToken, withBearerAuth } from '@bearings/oauth-bearer';
import { virtualClock } from '@bearings/testing';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { createBlackHole } from './black-hole.ts';
import { settleCall, getError, expectCallOutcome } from './call-outcome.ts';
import { replay } from './replay.ts';

replay('TO-018', async ({ entry, hides }) => {
  const baseUrl = await createBlackHole();
  const clock = virtualClock();
  const token = staticToken('at_CANARY_1');
  const client = createClient({ baseUrl, clock, timeout: 300, retry: 0 }, withBearerAuth(token));

  const call = settleCall(client.get('orders'));
  await clock.advance(299);
  const isOverBefore = await Promise.race([call.then(() => true), wait(20, false)]); // time for a connection to succeed
  await clock.advance(1);
  const outcome = hides(await call);

  expect(isOverBefore).toBe(false);
  expectCallOutcome(entry, outcome);
  expect(getError(outcome)).toMatchObject({ code: 'ATTEMPT_TIMEOUT', budgetMs: 300 });
});

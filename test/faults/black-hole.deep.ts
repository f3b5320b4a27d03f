import { createClient } from '@bearings/client';
import { fixedToken, withBearerAuth } from '@bearings/oauth-bearer';
import { virtualClock } from '@bearings/testing';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { blackHole } from './black-hole.ts';
import { cameOf, errorOf, expectCame } from './call-outcome.ts';
import { replay } from './replay.ts';

replay('TO-018', async ({ entry, hides }) => {
  const baseUrl = await blackHole();
  const clock = virtualClock();
  const token = fixedToken('at_CANARY_1');
  const client = createClient({ baseUrl, clock, timeout: 300, retry: 0 }, withBearerAuth(token));

  const call = cameOf(client.get('orders'));
  await clock.advance(299);
  const isOverBefore = await Promise.race([call.then(() => true), wait(20, false)]); // time for a connection, if one were possible
  await clock.advance(1);
  const came = hides(await call);

  expect(isOverBefore).toBe(false);
  expectCame(entry, came);
  expect(errorOf(came)).toMatchObject({ code: 'ATTEMPT_TIMEOUT', budgetMs: 300 });
});

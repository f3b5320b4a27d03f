import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { virtualClock } from '@bearings/testing';
import { oneCall } from '../one-call.ts';

test('printing a call shows no credential', () => {
  const call = oneCall();
  call.headers.setCredential('authorization', 'Bearer s3cret');

  expect(inspect(call, { depth: 9, showHidden: true }) + JSON.stringify(call)).not.toContain('s3cret');
});

test('the remaining time is counted from when the call is made; without a deadline it is infinite', async () => {
  const clock = virtualClock();
  const call = oneCall({ clock, totalTimeoutMs: 1_000 });

  await clock.advance(1_200);

  expect(call.remainingMs()).toBe(-200);
  expect(oneCall({ clock }).remainingMs()).toBe(Infinity);
});

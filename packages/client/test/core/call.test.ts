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

test("the caller's signal cancels the call, until the call is released", () => {
  const controller = new AbortController();
  const call = oneCall({ signal: controller.signal });
  const released = oneCall({ signal: controller.signal });
  released.release();

  controller.abort('enough');

  expect([call.isCancelled, released.isCancelled]).toEqual([true, false]);
});

test('cancelling the call cancels the attempt in progress, and each that starts afterwards', () => {
  const call = oneCall();
  const current = call.startAttempt();

  call.cancel('enough');

  expect(current.reason).toBe('enough');
  expect(call.startAttempt().reason).toBe('enough');
});

test('after an attempt has ended, the call itself is what can be cancelled', () => {
  const call = oneCall();
  const attempt = call.startAttempt();
  expect(call.cancelScope).toBe(attempt);

  call.endAttempt();

  expect(call.cancelScope).not.toBe(attempt);
});

test('the next attempt has the credentials that a redirect of the last one dropped', () => {
  const call = oneCall();
  call.headers.setCredential('authorization', 'Bearer t');
  call.headers.dropCredentials();

  call.startNextAttempt();

  expect(call.attempt).toBe(2);
  expect(call.headers.has('authorization')).toBe(true);
});

test('listeners hear of a wait between two attempts when it begins and when it ends', async () => {
  const call = oneCall();
  const events: string[] = [];
  call.onBackoff({ begin: () => void events.push('begin'), end: async () => void events.push('end') });

  await call.backOff(async () => void events.push('wait'));

  expect(events).toEqual(['begin', 'wait', 'end']);
});

test('closing ends a call that waits between two attempts, and leaves one in an attempt alone', async () => {
  const waiting = oneCall();
  const inAttempt = oneCall();
  const waited = Promise.withResolvers<void>();
  const wait = waiting.backOff(() => waited.promise);

  waiting.endBackoff('closing');
  inAttempt.endBackoff('closing');
  waited.resolve();
  await wait;

  expect([waiting.isCancelled, inAttempt.isCancelled]).toEqual([true, false]);
  expect(inAttempt.mayBackOff).toBe(false);
});

import { expect, test } from 'vitest';
import { Scope } from '../src/scope.ts';
import { caught } from './caught.ts';

test('its signal is aborted with the reason, whether it was asked for before the end or after', () => {
  const [before, after] = [new Scope(), new Scope()];
  const reason = new Error('enough');
  const { signal } = before;

  before.end(reason);
  after.end(reason);

  expect([signal.aborted, signal.reason]).toEqual([true, reason]);
  expect([after.signal.aborted, after.signal.reason]).toEqual([true, reason]);
  expect(before.signal).toBe(signal);
});

test('what is waited for ends with it, and the work goes on', async () => {
  const scope = new Scope();
  const work = Promise.withResolvers<string>();

  const waits = caught(() => scope.until(work.promise));
  scope.end(new Error('first'));
  scope.end(new Error('second'));
  work.resolve('done');

  expect((await waits).message).toBe('first');
  expect((await caught(() => scope.until(work.promise))).message).toBe('first');
  expect(await work.promise).toBe('done');
});

test('work that is done in time is not touched, and its failure is its own', async () => {
  const scope = new Scope();

  expect(await scope.until(Promise.resolve(1))).toBe(1);
  expect((await caught(() => scope.until(Promise.reject(new Error('its own'))))).message).toBe('its own');
  scope.end('later');
  expect([scope.isEnded, scope.reason]).toEqual([true, 'later']);
});

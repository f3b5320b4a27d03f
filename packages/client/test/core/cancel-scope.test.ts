import { expect, test } from 'vitest';
import { CancelScope } from '../../src/core/cancel-scope.ts';
import { caught } from '../caught.ts';

test('its signal is aborted with the reason, whether it was made before the cancellation or after', () => {
  const [before, after] = [new CancelScope(), new CancelScope()];
  const reason = new Error('enough');
  const { signal } = before;

  before.cancel(reason);
  after.cancel(reason);

  expect([signal.aborted, signal.reason]).toEqual([true, reason]);
  expect([after.signal.aborted, after.signal.reason]).toEqual([true, reason]);
  expect(before.signal).toBe(signal);
});

test('waiting ends with the cancellation, and the work goes on', async () => {
  const scope = new CancelScope();
  const work = Promise.withResolvers<string>();

  const waits = caught(() => scope.race(work.promise));
  scope.cancel(new Error('first'));
  scope.cancel(new Error('second'));
  work.resolve('done');

  expect((await waits).message).toBe('first');
  expect((await caught(() => scope.race(work.promise))).message).toBe('first');
  expect(await work.promise).toBe('done');
});

test('work that ends in time gives its own result or failure', async () => {
  const scope = new CancelScope();

  expect(await scope.race(Promise.resolve(1))).toBe(1);
  expect((await caught(() => scope.race(Promise.reject(new Error('its own'))))).message).toBe('its own');
  scope.cancel('later');
  expect([scope.isCancelled, scope.reason]).toEqual([true, 'later']);
});

test('a listener that was removed is not called', () => {
  const scope = new CancelScope();
  const heard: unknown[] = [];
  const removeFirst = scope.onCancel((reason) => heard.push(`first: ${String(reason)}`));
  scope.onCancel((reason) => heard.push(`second: ${String(reason)}`));

  removeFirst();
  scope.cancel('enough');

  expect(heard).toEqual(['second: enough']);
});

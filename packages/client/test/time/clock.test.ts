import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/time/clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a delay above the maximum of setTimeout is exact to the millisecond', () => {
  const act = vi.fn<() => void>();
  const sixtyDaysMs = 60 * 24 * 60 * 60 * 1_000;

  systemClock.schedule(sixtyDaysMs, act);

  vi.advanceTimersByTime(sixtyDaysMs - 1);
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledTimes(1);
});

test('a long delay can be cancelled after its first step', () => {
  const act = vi.fn<() => void>();
  const cancel = systemClock.schedule(2 ** 32, act);

  vi.advanceTimersByTime(2 ** 31);
  cancel();

  expect(vi.getTimerCount()).toBe(0);
});

test('a negative delay runs at once', () => {
  const act = vi.fn<() => void>();

  systemClock.schedule(-5, act);
  vi.advanceTimersByTime(0);

  expect(act).toHaveBeenCalledTimes(1);
});

test('cancelling an action that has run does nothing', () => {
  const act = vi.fn<() => void>();
  const cancel = systemClock.schedule(1, act);
  vi.advanceTimersByTime(1);

  cancel();

  expect(act).toHaveBeenCalledTimes(1);
});

test('a background timer does not keep the process alive, another one does', () => {
  vi.useRealTimers();
  const active = (): number => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
  const before = active();

  const cancelBackground = systemClock.schedule(60_000, () => {}, { background: true });
  const withBackground = active();
  const cancel = systemClock.schedule(60_000, () => {});
  const withBoth = active();
  cancelBackground();
  cancel();

  expect(withBackground).toBe(before);
  expect(withBoth).toBe(before + 1);
});

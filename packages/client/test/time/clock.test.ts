import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/time/clock.ts';

/** The turn that a timer gives to sockets: of the real loop, also under fake timers. */
const { setImmediate: real } = globalThis;
const turn = (): Promise<void> => new Promise((resolve) => void real(resolve));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a delay above the maximum of setTimeout is exact to the millisecond', async () => {
  const act = vi.fn<() => void>();
  const sixtyDaysMs = 60 * 24 * 60 * 60 * 1_000;

  systemClock.schedule(sixtyDaysMs, act);

  vi.advanceTimersByTime(sixtyDaysMs - 1);
  await turn();
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  await turn();
  expect(act).toHaveBeenCalledTimes(1);
});

test('a long delay can be cancelled after its first step', async () => {
  const act = vi.fn<() => void>();
  const cancel = systemClock.schedule(2 ** 32, act);

  vi.advanceTimersByTime(2 ** 31);
  await turn();
  cancel();

  expect(vi.getTimerCount()).toBe(0);
});

test('a negative delay runs at once', async () => {
  const act = vi.fn<() => void>();

  systemClock.schedule(-5, act);
  vi.advanceTimersByTime(0);
  await turn();

  expect(act).toHaveBeenCalledTimes(1);
});

test('cancelling an action that has run does nothing', async () => {
  const act = vi.fn<() => void>();
  const cancel = systemClock.schedule(1, act);
  vi.advanceTimersByTime(1);
  await turn();

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

test('a background timer works where setTimeout gives a number, as in browsers', () => {
  const act = vi.fn<() => void>();
  const numbers = vi.fn(() => 7);
  vi.stubGlobal('setTimeout', numbers);

  expect(() => systemClock.schedule(1_000, act, { background: true })).not.toThrow();
  expect(numbers).toHaveBeenCalledTimes(1);
});

test('a timer that is called off while sockets have their turn does not act', async () => {
  const act = vi.fn<() => void>();
  const cancel = systemClock.schedule(1, act);
  vi.advanceTimersByTime(1);

  cancel();
  await turn();

  expect(act).not.toHaveBeenCalled();
});

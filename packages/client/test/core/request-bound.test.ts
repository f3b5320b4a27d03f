import { afterEach, expect, test, vi } from 'vitest';
import { isRequestBound } from '../../src/core/request-bound.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([
  ['Cloudflare-Workers', true],
  ['Node.js/24', false],
  ['Deno/2.9.6', false],
  ['Bun/1.4.5', false],
])('on %s promises end with their request: %s', (userAgent, expected) => {
  vi.stubGlobal('navigator', { userAgent });

  expect(isRequestBound()).toBe(expected);
});

test("on Vercel's Edge runtime they do, and without a navigator they do not", () => {
  vi.stubGlobal('navigator', undefined);
  const without = isRequestBound();
  vi.stubGlobal('EdgeRuntime', 'vercel');

  expect([without, isRequestBound()]).toEqual([false, true]);
});

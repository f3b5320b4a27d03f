import { expect, test, vi } from 'vitest';
import { createHeaders } from '../src/lazy-headers.ts';

const raw = { 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] };

test.each([
  ['Deno', Headers],
  ['Node', undefined],
])('on %s headers can be given to a Response', (runtime, real) => {
  if (runtime === 'Deno') vi.stubGlobal('Deno', {});

  const headers = createHeaders(raw);
  const { headers: copied } = new Response('', { headers });
  vi.unstubAllGlobals();

  expect([copied.get('content-type'), copied.getSetCookie()]).toEqual(['text/plain', ['a=1', 'b=2']]);
  expect(headers.constructor === real).toBe(runtime === 'Deno');
});

import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createClient } from '../src/client.ts';
import { caught } from './caught.ts';
import { ok, scriptedFetch, silent } from './scripted.ts';

const url = 'https://api.test/';
const aYearMs = 366 * 86_400_000;

test.each<[string, object]>([
  ['timeout', { timeout: 0 }],
  ['timeout', { timeout: Infinity }],
  ['timeout', { timeout: '5s' }],
  ['timeout', { timeout: aYearMs + 1 }],
  ['bodyTimeout', { bodyTimeout: -1 }],
  ['totalTimeout', { totalTimeout: Number.NaN }],
  ['maxResponseBytes', { maxResponseBytes: 0 }],
  ['maxResponseBytes', { maxResponseBytes: '10 MiB' }],
  ['concurrency', { concurrency: 2.5 }],
  ['userAgent', { userAgent: 'a\nb' }],
  ['userAgent', { userAgent: '' }],
  ['fetch', { fetch: 'https://api.test' }],
  ['random', { random: 0.5 }],
  ['retry.limit', { retry: Number.NaN }],
  ['retry.budget.ratio', { retry: { budget: { ratio: -1 } } }],
])('a wrong option is named, with what would be right: %s', async (field, options) => {
  const error = await caught(() => createClient(options));

  expect(error).toMatchObject({ code: 'CONFIG', field });
  expect(error.message).toMatch(new RegExp(`^${field} must be .+, not .+`));
});

test('an attempt with a longer limit than the whole call is refused, in a client and in a call', async () => {
  const both = { timeout: 10_000, totalTimeout: 5_000 };
  const api = createClient({ fetch: scriptedFetch() });

  const errors = [
    await caught(() => createClient(both)),
    await caught(() => api.fetch(url, both)),
    await caught(() => api.get(url, both)),
  ];

  for (const error of errors) {
    expect(error).toMatchObject({ code: 'CONFIG', field: 'timeout' });
    expect(error.message).toContain('10000 ms for one attempt');
  }
});

test('a total limit shorter than the default attempt is accepted: it limits the attempt', async () => {
  const clock = virtualClock();
  const { fetch } = createClient({ fetch: scriptedFetch(silent), clock, totalTimeout: 5_000 });

  const failure = caught(() => fetch(url));
  await clock.advance(5_000);

  expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
});

test("a hook of ky's that would never be called is refused, with what to use instead", async () => {
  const api = createClient({ fetch: scriptedFetch(ok) });
  const hooks = { beforeRetry: [(): void => {}] };

  const error = await caught(() => api.get(url, { hooks }));

  expect(error).toMatchObject({ code: 'CONFIG', field: 'hooks.beforeRetry' });
  expect(error.message).toContain('retry.onRetry');
});

test("the caller's abort ends the call at once, also when the transport ignores it", async () => {
  const caller = new AbortController();
  const deaf = (): Promise<Response> => new Promise(() => {});
  const { fetch } = createClient({ fetch: deaf, timeout: false });

  const failure = caught(() => fetch(url, { signal: caller.signal }));
  caller.abort(new Error('user left'));

  expect((await failure).message).toBe('user left');
});

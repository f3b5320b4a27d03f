import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { caught } from '../caught.ts';
import { virtualClock } from '@bearings/testing';
import { ok, redirectTo, scriptedFetch, silent, status, times } from '../scripted.ts';

test.each([
  ['a path without a slash', 'orders?x=1', 'https://api.test/v1/orders?x=1'],
  ['a path with a slash', '/orders', 'https://api.test/orders'],
  ['an absolute URL', 'https://other.test/x', 'https://other.test/x'],
])('%s is resolved against the base URL', async (_case, input, expected) => {
  const network = scriptedFetch(ok);
  const { fetch } = createClient({ baseUrl: 'https://api.test/v1/', fetch: network });

  await fetch(input);

  expect(network.sent[0]?.url).toBe(expected);
});

test('a path without a base URL is refused', async () => {
  const { fetch } = createClient({ fetch: scriptedFetch() });

  expect(await caught(() => fetch('orders'))).toMatchObject({ code: 'INVALID_URL' });
});

test.each([200, 404, 503])('status %d is a response, not an error', async (code) => {
  const { fetch } = createClient({ fetch: scriptedFetch(status(code)), retry: 0 });

  expect((await fetch('https://api.test/')).status).toBe(code);
});

test('a Request is sent with its method, headers and body, and retried with them', async () => {
  const network = scriptedFetch(status(503), ok);
  const { fetch } = createClient({ fetch: network, random: () => 0 });

  await fetch(new Request('https://api.test/', { method: 'PUT', body: 'text', headers: { 'x-id': '1' } }));

  expect(network.sent.map(({ method, body, headers }) => [method, body, headers.get('x-id')])).toEqual([
    ['PUT', 'text', '1'],
    ['PUT', 'text', '1'],
  ]);
});

test('one call may set its own retry and timeout', async () => {
  const clock = virtualClock();
  const network = scriptedFetch(...times(2, silent));
  const { fetch } = createClient({ fetch: network, clock, random: () => 0 });

  const failure = caught(() => fetch('https://api.test/', { retry: 1, timeout: 50 }));
  await clock.advance(50);
  await clock.advance(50);

  expect(await failure).toMatchObject({ code: 'ATTEMPT_TIMEOUT', budgetMs: 50 });
  expect(network.sent).toHaveLength(2);
});

test('user and password in the URL are refused and not quoted', async () => {
  const { fetch } = createClient({ fetch: scriptedFetch() });

  const error = await caught(() => fetch('https://user:hunter2@api.test/'));

  expect(error).toMatchObject({ code: 'INVALID_URL' });
  expect(`${error.message}${error.stack}`).not.toContain('hunter2');
});

test('a header the platform refuses is named and its value is not', async () => {
  const { fetch } = createClient({ fetch: scriptedFetch() });

  const error = await caught(() => fetch('https://api.test/', { headers: { 'x-key': 'hunter2\n!' } }));

  expect(error).toMatchObject({ code: 'INVALID_HEADER', header: 'x-key' });
  expect(`${error.message}${error.stack}`).not.toContain('hunter2');
});

test('after a redirect the response has its final URL, also when cloned', async () => {
  const network = scriptedFetch(redirectTo('/new'), ok);
  const { fetch } = createClient({ fetch: network });

  const response = await fetch('https://api.test/old');
  const copy = response.clone();

  expect([response.url, response.redirected]).toEqual(['https://api.test/new', true]);
  expect([copy.url, copy.redirected]).toEqual(['https://api.test/new', true]);
});

test('a dispatcher reaches fetch', async () => {
  const seen: unknown[] = [];
  const dispatcher = {} as NonNullable<RequestInit['dispatcher']>;
  const { fetch } = createClient({
    fetch: async (_input, init) => {
      seen.push(init?.dispatcher);
      return new Response('ok');
    },
  });

  await fetch('https://api.test/', { dispatcher });

  expect(seen).toEqual([dispatcher]);
});

import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { caught } from '../caught.ts';
import { crossroads } from './crossroads.ts';
import type { Arrival } from './watched-server.ts';

const bytes = Uint8Array.of(0, 255, 128, 10, 13, 42);
const described = { 'content-type': 'image/x', 'content-language': 'de', 'content-location': '/original' };
const contentHeaders = ({ headers }: Arrival) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('content-')));

/** What comes of each method at the next hop: as the Fetch standard says, HTTP-redirect fetch, step 12. */
const becomes: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  GET: { 301: 'GET', 302: 'GET', 303: 'GET', 307: 'GET', 308: 'GET' },
  HEAD: { 301: 'HEAD', 302: 'HEAD', 303: 'HEAD', 307: 'HEAD', 308: 'HEAD' },
  POST: { 301: 'GET', 302: 'GET', 303: 'GET', 307: 'POST', 308: 'POST' },
  PUT: { 301: 'PUT', 302: 'PUT', 303: 'GET', 307: 'PUT', 308: 'PUT' },
};
const table = Object.entries(becomes).flatMap(([method, row]) =>
  Object.entries(row).map(([status, next]) => ({ method, status: Number(status), next })),
);

test.each(table)('after a $status, $method arrives as $next, at both of two hops', async ({ method, status, next }) => {
  const { a, b, seen, route } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/there`, status);
  route(`${b.origin}/there`, '/end', status);
  const { fetch } = createClient({ redirects: { origins: [b.origin] } });
  const sent = method === 'POST' || method === 'PUT' ? { body: bytes, headers: described } : {};

  const response = await fetch(`${a.origin}/start`, { method, ...sent });

  const [first, ...hops] = seen;
  expect(response.status).toBe(200);
  expect(first?.method).toBe(method);
  expect(hops.map((hop) => hop.method)).toEqual([next, next]);
  for (const hop of hops) {
    expect([...hop.body]).toEqual(next === method ? [...(first?.body ?? [])] : []);
    expect(contentHeaders(hop)).toEqual(next === method && first !== undefined ? contentHeaders(first) : {});
  }
});

test('what is sent on is what was sent: the bytes, their number and what describes them', async () => {
  const { a, seen, route } = await crossroads();
  route(`${a.origin}/start`, '/end', 307);

  await createClient().fetch(`${a.origin}/start`, { method: 'PUT', body: bytes, headers: described });

  const expected = { ...described, 'content-length': '6' };
  expect(seen.map(contentHeaders)).toEqual([expected, expected]);
  for (const { body, headers } of seen) {
    expect([[...body], headers['transfer-encoding']]).toEqual([[...bytes], undefined]);
  }
});

test.each<[string, () => NonNullable<RequestInit['body']>, string]>([
  ['a string', () => 'text', 'text'],
  ['a form', () => new URLSearchParams({ a: '1' }), 'a=1'],
  ['a Blob', () => new Blob(['blob'], { type: 'text/x' }), 'blob'],
])('%s arrives at every hop of a 308, with its type and length', async (_, make, text) => {
  const { a, seen, route } = await crossroads();
  route(`${a.origin}/start`, '/next', 308);
  route(`${a.origin}/next`, '/end', 308);

  await createClient({ baseUrl: a.origin }).post('start', { body: make() });

  expect(seen.map(({ body }) => body.toString())).toEqual([text, text, text]);
  expect(seen[2] && contentHeaders(seen[2])).toEqual(seen[0] && contentHeaders(seen[0]));
  expect(seen[2]?.headers['content-length']).toBe(`${text.length}`);
});

test('the response says where it is from, and that it was redirected', async () => {
  const { a, b, route } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/end?x=1#part`);
  const api = createClient({ baseUrl: a.origin, redirects: { origins: [b.origin] } });

  const direct = await api.get('end');
  const viaKy = await api.get('start');
  const viaFetch = await api.fetch('/start');

  expect([direct.url, direct.redirected]).toEqual([`${a.origin}/end`, false]);
  expect([viaKy.url, viaKy.redirected]).toEqual([`${b.origin}/end?x=1`, true]);
  expect([viaFetch.url, viaFetch.redirected]).toEqual([`${b.origin}/end?x=1`, true]);
  expect(await viaFetch.text()).toBe('from /end?x=1');
});

test('a chain is followed to its limit, and the hop beyond it is not asked for', async () => {
  const { a, seen, route } = await crossroads();
  ['/1', '/2', '/3', '/4'].forEach((path, at) => route(`${a.origin}${path}`, `/${at + 2}`));
  const { fetch } = createClient({ redirects: { limit: 3 } });

  const reached = await fetch(`${a.origin}/2`);
  const error = await caught(() => fetch(`${a.origin}/1`));

  expect(reached.url).toBe(`${a.origin}/5`);
  expect(error).toMatchObject({ code: 'REDIRECT_BLOCKED', retryable: false });
  expect(error.message).toContain('more than 3 hops');
  expect(seen.map(({ path }) => path)).toEqual(['/2', '/3', '/4', '/5', '/1', '/2', '/3', '/4']);
});

test.each(['itself', 'and fro'])(
  'a place that leads to %s ends after ten hops, and is not tried again',
  async (way) => {
    const { a, b, seen, route } = await crossroads();
    route(`${a.origin}/start`, way === 'itself' ? '/start' : `${b.origin}/start`);
    route(`${b.origin}/start`, `${a.origin}/start`);
    const { fetch } = createClient({ redirects: { origins: [b.origin] } });

    const error = await caught(() => fetch(`${a.origin}/start`));

    expect(error).toMatchObject({ code: 'REDIRECT_BLOCKED' });
    expect(seen).toHaveLength(11);
  },
);

test("blocked: 'response' hands out the redirect that is not followed, with its body and its place", async () => {
  const { a, b, c, seen, route } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/there`);
  route(`${b.origin}/there`, `${c.origin}/end`, 307);
  const { fetch } = createClient({ redirects: { origins: [b.origin], blocked: 'response' } });

  const response = await fetch(`${a.origin}/start`);

  expect([response.status, response.url, response.redirected]).toEqual([307, `${b.origin}/there`, true]);
  expect(response.headers.get('location')).toBe(`${c.origin}/end`);
  expect(await response.text()).toBe('from /there');
  expect(seen).toHaveLength(2);
});

test("blocked: 'response' hands out the redirect after the last hop that is allowed", async () => {
  const { a, seen, route } = await crossroads();
  route(`${a.origin}/start`, '/start');
  const { fetch } = createClient({ redirects: { limit: 2, blocked: 'response' } });

  const response = await fetch(`${a.origin}/start`);

  expect([response.status, response.redirected, seen.length]).toEqual([302, true, 3]);
});

test("redirect: 'manual' returns the first redirect, wherever it leads, also from the ky entry", async () => {
  const { a, b, seen, route } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/end`, 308);
  const api = createClient({ baseUrl: a.origin });

  const responses = [
    await api.fetch('/start', { redirect: 'manual' }),
    await api.fetch(new Request(`${a.origin}/start`, { redirect: 'manual' })),
    await api.get('start', { redirect: 'manual', throwHttpErrors: false }),
  ];

  for (const { status, url, redirected, type, headers } of responses) {
    expect([status, url, redirected, type]).toEqual([308, `${a.origin}/start`, false, 'basic']);
    expect(headers.get('location')).toBe(`${b.origin}/end`);
  }
  expect(seen.map(({ origin }) => origin)).toEqual([a.origin, a.origin, a.origin]);
});

test.each(['error', 'response'] as const)(
  "redirect: 'error' refuses what it could follow, also where blocked is '%s'",
  async (blocked) => {
    const { a, seen, route } = await crossroads();
    route(`${a.origin}/start`, '/end');
    const api = createClient({ baseUrl: a.origin, redirects: { blocked } });

    const failures = [
      await caught(() => api.fetch('/start', { redirect: 'error' })),
      await caught(() => api.get('start', { redirect: 'error' })),
    ];

    for (const failure of failures) expect(failure).toMatchObject({ code: 'REDIRECT_BLOCKED', status: 302 });
    expect(seen.map(({ path }) => path)).toEqual(['/start', '/start']);
    expect(await (await api.fetch('/end', { redirect: 'error' })).text()).toBe('from /end');
  },
);

test('after a stream no redirect is followed; who wants the 3xx says redirect: "manual", or follows none at all', async () => {
  const { a, seen, route } = await crossroads();
  route(`${a.origin}/keep`, '/end', 307);
  route(`${a.origin}/change`, '/end', 303);
  const { fetch } = createClient({ baseUrl: a.origin });
  const stream = (): RequestInit => ({ method: 'POST', body: new Blob(['once']).stream(), duplex: 'half' });

  const errors = [await caught(() => fetch('/keep', stream())), await caught(() => fetch('/change', stream()))];
  const manual = await fetch('/keep', { ...stream(), redirect: 'manual' });
  const none = await createClient({ baseUrl: a.origin, redirects: { limit: 0 } }).fetch('/change', stream());

  for (const error of errors) {
    expect(error).toMatchObject({ code: 'REDIRECT_BLOCKED', origin: a.origin, status: undefined });
    expect(error.message).toContain('stream');
  }
  expect([manual.status, none.status]).toEqual([307, 303]);
  expect(seen.map(({ method, path, body }) => `${method} ${path} ${body.toString()}`)).toEqual([
    'POST /keep once',
    'POST /change once',
    'POST /keep once',
    'POST /change once',
  ]);
});

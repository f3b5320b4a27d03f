import { virtualClock } from '@bearings/testing';
import { replaceOption } from 'ky';
import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { caught } from '../caught.ts';
import { ok, scriptedFetch, silent, status, times } from '../scripted.ts';
import type { ScriptedFetch } from '../scripted.ts';

const addresses = (network: ScriptedFetch): readonly string[] => network.sent.map(({ url }) => url);

test("the fetch of an extended client uses that client's base URL, headers, search parameters and time limits", async () => {
  const clock = virtualClock();
  const network = scriptedFetch(ok, silent);
  const parent = createClient({
    baseUrl: 'https://a.test/',
    fetch: network,
    clock,
    headers: { 'x-tenant': '1', 'x-a': 'a' },
  });
  const child = parent.extend({
    baseUrl: 'https://b.test/v1/',
    headers: { 'x-tenant': '2' },
    searchParams: { key: 'b' },
    timeout: 200,
    retry: 0,
  });

  await child.fetch('orders?page=1');
  const late = caught(() => child.fetch('orders'));
  await clock.advance(200);

  expect(addresses(network)).toEqual(['https://b.test/v1/orders?page=1&key=b', 'https://b.test/v1/orders?key=b']);
  expect(network.sent[0]?.headers.get('x-tenant')).toBe('2');
  expect(network.sent[0]?.headers.get('x-a')).toBe('a');
  expect(await late).toMatchObject({ code: 'ATTEMPT_TIMEOUT', budgetMs: 200 });
});

const inputs: readonly (readonly [string, string | URL | Request, RequestInit | undefined])[] = [
  ['a path', '/orders?a=1', undefined],
  ['a URL', new URL('https://api.test/orders?a=1'), undefined],
  [
    'a Request',
    new Request('https://api.test/orders?a=1', { method: 'PUT', body: 'text', headers: { 'x-own': '1' } }),
    undefined,
  ],
  ['a path with headers', '/orders?a=1', { headers: { 'x-own': '1', 'X-Tenant': 'mine' } }],
  ['a path with a stream', '/orders?a=1', { method: 'POST', body: new Blob(['text']).stream(), duplex: 'half' }],
];

test.each(inputs)("client.fetch of %s sends the client's headers and search parameters", async (_, input, init) => {
  const network = scriptedFetch(ok);
  const headers = { 'x-tenant': 'ours', 'x-default': 'd' };
  const { fetch } = createClient({ baseUrl: 'https://api.test', fetch: network, headers, searchParams: { b: '2' } });

  await fetch(input, init);

  const [sent] = network.sent;
  const own = init?.headers !== undefined || input instanceof Request;
  expect(sent?.url).toBe('https://api.test/orders?a=1&b=2');
  expect([sent?.headers.get('x-default'), sent?.headers.get('x-own')]).toEqual(['d', own ? '1' : null]);
  expect(sent?.headers.get('x-tenant')).toBe(init?.headers === undefined ? 'ours' : 'mine');
  expect(sent?.body).toBe(input instanceof Request || init?.body !== undefined ? 'text' : '');
});

test("the client's headers are the same for the next call of fetch", async () => {
  const network = scriptedFetch(...times(3, ok));
  const { fetch } = createClient({ fetch: network, headers: { 'x-tenant': 'ours' } });

  await fetch('https://api.test/', { method: 'POST', body: 'text' });
  await fetch('https://api.test/', { headers: { 'x-tenant': 'mine' } });
  await fetch('https://api.test/');

  expect(network.sent.map(({ headers }) => headers.get('x-tenant'))).toEqual(['ours', 'mine', 'ours']);
  expect(network.sent[2]?.headers.get('content-type')).toBeNull();
});

test('retry options of a call go over those of the extended client, one by one', async () => {
  const network = scriptedFetch(...times(4, status(500)));
  const { fetch } = createClient({ fetch: network, random: () => 0 }).extend({
    retry: { limit: 1, methods: ['post'] },
  });

  await fetch('https://api.test/', { method: 'POST', retry: { statusCodes: [500] } });
  await fetch('https://api.test/', { method: 'POST', retry: 0 });
  await fetch('https://api.test/');

  expect(network.sent.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST', 'GET']);
});

test('create makes a client with fresh options, also for fetch', async () => {
  const network = scriptedFetch(ok);
  const parent = createClient({ baseUrl: 'https://a.test', fetch: network, headers: { 'x-tenant': '1' } });

  await parent.create({ prefix: 'https://b.test/v1/' }).fetch('orders');

  expect(addresses(network)).toEqual(['https://b.test/v1/orders']);
  expect(network.sent[0]?.headers.has('x-tenant')).toBe(false);
});

test('closing a client that was made from another does not close the other', async () => {
  const network = scriptedFetch(...times(3, ok));
  const parent = createClient({ baseUrl: 'https://a.test', fetch: network });
  const sibling = parent.extend({});

  {
    await using child = parent.extend({ headers: { 'x-scope': '1' } });
    await child.get('');
  }
  const child = parent.create({ baseUrl: 'https://a.test' });
  await child.close();

  expect(await caught(() => child.get(''))).toMatchObject({ code: 'CLIENT_CLOSED' });
  expect(await caught(() => child.fetch('/'))).toMatchObject({ code: 'CLIENT_CLOSED' });
  expect(await caught(() => child.extend({}).get(''))).toMatchObject({ code: 'CLIENT_CLOSED' });
  expect((await parent.get('')).status).toBe(200);
  expect((await sibling.fetch('/')).status).toBe(200);
});

test('closing a client closes those that were made from it, and waits for their calls', async () => {
  const clock = virtualClock();
  const answer = Promise.withResolvers<Response>();
  const parent = createClient({ baseUrl: 'https://a.test', fetch: scriptedFetch(() => answer.promise), clock });
  const child = parent.extend({}).extend({});
  const events: string[] = [];

  const call = child.get('').then(() => events.push('answered'));
  await clock.settle();
  const closing = parent.close().then(() => events.push('closed'));
  answer.resolve(new Response());
  await Promise.all([call, closing]);

  expect(events.toSorted()).toEqual(['answered', 'closed']);
  expect(await caught(() => child.get(''))).toMatchObject({ code: 'CLIENT_CLOSED' });
});

test('closing a client that was made from another does not end the calls of the other', async () => {
  const clock = virtualClock();
  const network = scriptedFetch(status(503, { 'retry-after': '5' }), ok);
  const parent = createClient({ baseUrl: 'https://a.test', fetch: network, clock, random: () => 0 });

  const body = parent.get('').text();
  await clock.settle();
  await parent.extend({}).close();
  await clock.advance(5_000);

  expect(await body).toBe('ok');
});

const signed = 'https://api.test/orders?sig=a%20b+c~%2F&e=';

test.each([
  ['an object', { page: 1 }, `${signed}&page=1`],
  ['an object with undefined', { page: 1, cursor: undefined }, `${signed}&page=1`],
  ['text', '?page=1%20x', `${signed}&page=1%20x`],
  ['pairs', [['page', '1 x']], `${signed}&page=1+x`],
  ['URLSearchParams', new URLSearchParams({ page: '1' }), `${signed}&page=1`],
  ['nothing', {}, signed],
] as const)('searchParams as %s leave the query that is there as it is', async (_, searchParams, expected) => {
  const network = scriptedFetch(...times(5, ok));
  const given = { searchParams: searchParams as NonNullable<Parameters<typeof createClient>[0]>['searchParams'] };
  const plain = createClient({ fetch: network });

  await plain.get(signed, { searchParams: given.searchParams as Record<string, string> });
  await plain.get(signed, { searchParams: given.searchParams as Record<string, string>, hooks: {} });
  await plain.get(new Request(signed), { searchParams: given.searchParams as Record<string, string> });
  const withDefaults = createClient({ fetch: network, searchParams: replaceOption(given.searchParams) as never });
  await withDefaults.get(signed);
  await withDefaults.fetch(signed);

  expect(addresses(network)).toEqual([expected, expected, expected, expected, expected]);
});

test('undefined in searchParams removes a parameter from the query, as with ky', async () => {
  const network = scriptedFetch(...times(2, ok));
  const api = createClient({ fetch: network, searchParams: { a: '1', b: '2' } }).extend({
    searchParams: { a: undefined },
  });

  await api.get('https://api.test/?a=0&c=3');
  await api.fetch('https://api.test/?a=0&c=3');

  expect(addresses(network)).toEqual(['https://api.test/?c=3&b=2', 'https://api.test/?c=3&b=2']);
});

import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import type { RedirectOptions } from '../../src/stages/redirect.ts';
import { layer } from '../../src/core/layer.ts';
import { caught } from '../caught.ts';
import { ok, redirectTo, scriptedFetch, times } from '../scripted.ts';

const url = 'https://api.test/orders';
const apiKey = layer('auth', 'key', (next) => (request, call) => {
  call.headers.setCredential('x-own-key', 's3cret');
  return next(request, call);
});

test.each<[string, string, RedirectOptions]>([
  ['another origin', 'https://other.test/', {}],
  ['a downgrade', 'http://api.test/', { origins: 'any' }],
  ['a location that is no URL', 'https://', {}],
  ['user and password', 'https://a:b@api.test/', {}],
])('a redirect that is not followed is an error, or the 3xx it is: %s', async (_case, location, redirects) => {
  const refusing = createClient({ fetch: scriptedFetch(redirectTo(location)), redirects });
  const giving = createClient({
    fetch: scriptedFetch(redirectTo(location)),
    redirects: { ...redirects, blocked: 'response' },
  });

  const error = await caught(() => refusing.fetch(url));
  const response = await giving.fetch(url);

  expect(error).toMatchObject({ code: 'REDIRECT_BLOCKED', status: 302, origin: 'https://api.test' });
  expect([response.status, response.headers.get('location')]).toEqual([302, location]);
  expect(response.redirected).toBe(false);
});

test('after too many redirects the last 3xx is returned', async () => {
  const network = scriptedFetch(redirectTo('/a'), redirectTo('/b'));
  const { fetch } = createClient({ fetch: network, redirects: { limit: 1, blocked: 'response' } });

  const response = await fetch(url);

  expect([response.status, response.redirected, response.url]).toEqual([302, true, 'https://api.test/a']);
});

test("redirect: 'error' is an error, also with blocked: 'response'", async () => {
  const network = scriptedFetch(redirectTo('/a'));
  const { fetch } = createClient({ fetch: network, redirects: { blocked: 'response' } });

  expect(await caught(() => fetch(url, { redirect: 'error' }))).toMatchObject({ code: 'REDIRECT_BLOCKED' });
});

test("with origins: 'any' every origin is followed, and no credential goes along or comes back", async () => {
  const network = scriptedFetch(redirectTo('https://other.test/'), redirectTo('https://api.test/back'), ok);
  const { fetch } = createClient({ fetch: network, redirects: { origins: 'any' } }, apiKey);

  const response = await fetch(url, { headers: { cookie: 'a=b', dpop: 'proof', 'x-mine': '1' } });

  expect(response.status).toBe(200);
  expect(network.sent.map(({ headers }) => [...headers.keys()].filter((name) => name !== 'user-agent'))).toEqual([
    ['cookie', 'dpop', 'x-mine', 'x-own-key'],
    ['x-mine'],
    ['x-mine'],
  ]);
});

test('a location in UTF-8 is understood, and a fragment is not part of the url', async () => {
  const asBytes = Buffer.from('/straße#teil').toString('latin1');
  const network = scriptedFetch(redirectTo(asBytes), ok);

  const response = await createClient({ fetch: network }).fetch(url);

  expect(network.sent[1]?.url).toBe('https://api.test/stra%C3%9Fe#teil');
  expect(response.url).toBe('https://api.test/stra%C3%9Fe');
});

test('the fetch options of a request are sent with each request of the chain', async () => {
  const network = scriptedFetch(...times(2, redirectTo('/next')), ok);

  await createClient({ fetch: network }).fetch(url, { cache: 'no-store', referrer: 'https://api.test/from' });

  expect(network.sent.map(({ init }) => init.referrer)).toEqual(Array(3).fill('https://api.test/from'));
});

test.each([
  ['redirects.blocked', { blocked: 'throw' }],
  ['redirects.origins', { origins: ['https://other.test/path'] }],
  ['redirects.origins', { origins: ['other.test'] }],
  ['redirects.origins', { origins: 'https://other.test' }],
])('a wrong option is named: %s', async (field, redirects) => {
  const error = await caught(() => createClient({ redirects: redirects as RedirectOptions }));

  expect(error).toMatchObject({ code: 'CONFIG', field });
});

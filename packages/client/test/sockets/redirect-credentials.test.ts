import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { layer } from '../../src/core/layer.ts';
import { caught } from '../caught.ts';
import { crossroads } from './crossroads.ts';
import type { Arrival } from './watched-server.ts';

const bearer = layer('auth', 'bearer', (next) => (request, call) => {
  call.headers.setCredential('authorization', 'Bearer t');
  return next(request, call);
});
const tenantKey = layer('auth', 'tenant key', (next) => (request, call) => {
  call.headers.setCredential('x-tenant-key', 'of a layer');
  return next(request, call);
});

/** Headers that a caller may set, and that must not reach another origin. */
const credentials = {
  authorization: 'Basic c',
  cookie: 'session=1',
  dpop: 'proof',
  'proxy-authorization': 'Basic p',
  'x-api-key': 'key',
};
const ordinary = { accept: 'image/png', 'accept-language': 'de', traceparent: '00-1', 'x-mine': '1' };

const secretNames = [...Object.keys(credentials), 'x-tenant-key'];
const sentSecrets = ({ headers }: Arrival) => secretNames.filter((name) => headers[name] !== undefined);

test('within an origin every hop has the credentials', async () => {
  const { a, seen, route } = await crossroads();
  route(`${a.origin}/start`, '/next');
  route(`${a.origin}/next`, `${a.origin}/end`, 307);
  const { fetch } = createClient({ baseUrl: a.origin }, bearer, tenantKey);

  await fetch('/start', { headers: credentials });

  const { authorization: _overridden, ...others } = credentials;
  const expected = { ...others, authorization: 'Bearer t', 'x-tenant-key': 'of a layer' };
  expect(seen.map(({ path }) => path)).toEqual(['/start', '/next', '/end']);
  for (const { headers } of seen) expect(headers).toMatchObject(expected);
});

test.each([301, 302, 303, 307, 308])('a %d to another origin takes no credential along', async (status) => {
  const { a, b, seen, route } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/end`, status);
  const { fetch } = createClient({ redirects: { origins: [b.origin] } }, bearer, tenantKey);

  const response = await fetch(`${a.origin}/start`, { headers: { ...credentials, ...ordinary } });

  expect([response.status, response.url]).toEqual([200, `${b.origin}/end`]);
  expect(seen.map(sentSecrets)).toEqual([secretNames, []]);
  expect(seen[1]?.headers).toMatchObject(ordinary);
});

test('a call through the ky entry takes none along either', async () => {
  const { a, b, seen, route } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/end`);
  const api = createClient({ baseUrl: a.origin, redirects: { origins: 'any' } }, bearer, tenantKey);

  await api.get('start', { headers: credentials });

  expect(seen.map(sentSecrets)).toEqual([secretNames, []]);
});

test('a POST that goes on as it is takes its body along, and no credential', async () => {
  const { a, b, seen, route } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/end`, 307);
  const { fetch } = createClient({ redirects: { origins: [b.origin] } }, bearer, tenantKey);

  await fetch(`${a.origin}/start`, { method: 'POST', body: 'order 42', headers: credentials });

  expect(seen.map(({ body }) => body.toString())).toEqual(['order 42', 'order 42']);
  expect(seen.map(sentSecrets)).toEqual([secretNames, []]);
});

test('no credential comes back when a chain returns to where it began, nor on its hops there', async () => {
  const { a, b, seen, route } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/there`);
  route(`${b.origin}/there`, `${a.origin}/back`);
  route(`${a.origin}/back`, `${a.origin}/end`);
  const { fetch } = createClient({ redirects: { origins: [b.origin] } }, bearer, tenantKey);

  await fetch(`${a.origin}/start`, { headers: credentials });

  expect(seen.map(({ origin, path }) => `${origin}${path}`)).toEqual([
    `${a.origin}/start`,
    `${b.origin}/there`,
    `${a.origin}/back`,
    `${a.origin}/end`,
  ]);
  expect(seen.map(sentSecrets)).toEqual([secretNames, [], [], []]);
});

test('a chain over three origins takes no credential to the second nor to the third', async () => {
  const { a, b, c, seen, route } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/there`, 308);
  route(`${b.origin}/there`, `${c.origin}/end`, 308);
  const { fetch } = createClient({ redirects: { origins: [b.origin, c.origin] } }, bearer, tenantKey);

  await fetch(`${a.origin}/start`, { headers: credentials });

  expect(seen.map(sentSecrets)).toEqual([secretNames, [], []]);
});

test('of three origins only those named are gone to', async () => {
  const { a, b, c, seen, route } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/there`);
  route(`${b.origin}/there`, `${c.origin}/end`);
  const { fetch } = createClient({ redirects: { origins: [b.origin] } }, bearer);

  const error = await caught(() => fetch(`${a.origin}/start`));

  expect(error).toMatchObject({ code: 'REDIRECT_BLOCKED', origin: b.origin, status: 302 });
  expect(seen.map(({ origin }) => origin)).toEqual([a.origin, b.origin]);
});

test('localhost is another origin than 127.0.0.1, and gets nothing', async () => {
  const { a, seen, route } = await crossroads();
  const alias = a.origin.replace('127.0.0.1', 'localhost');
  route(`${a.origin}/start`, `${alias}/end`);
  const { fetch } = createClient({ redirects: { origins: [alias] } }, bearer, tenantKey);

  await fetch(`${a.origin}/start`, { headers: credentials });

  expect(seen.map(sentSecrets)).toEqual([secretNames, []]);
});

test('the next attempt, at the first origin, has the credentials again', async () => {
  const { a, b, seen, route, answerWith } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/end`);
  answerWith(`${b.origin}/end`, 503);
  const options = { redirects: { origins: [b.origin] }, random: () => 0 };
  const { fetch } = createClient(options, bearer, tenantKey);

  const response = await fetch(`${a.origin}/start`, { headers: credentials });

  expect(response.status).toBe(200);
  expect(seen.map(({ origin }) => origin)).toEqual([a.origin, b.origin, a.origin, b.origin]);
  expect(seen.map(sentSecrets)).toEqual([secretNames, [], secretNames, []]);
});

test('so has it those of a layer outside of the attempts', async () => {
  const { a, b, seen, route, answerWith } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/end`);
  answerWith(`${b.origin}/end`, 503);
  const once = layer('observe', 'once a call', (next) => (request, call) => {
    call.headers.setCredential('x-tenant-key', 'of a layer');
    return next(request, call);
  });
  const { fetch } = createClient({ redirects: { origins: [b.origin] }, random: () => 0 }, once);

  await fetch(`${a.origin}/start`);

  expect(seen.map(sentSecrets)).toEqual([['x-tenant-key'], [], ['x-tenant-key'], []]);
});

test("the caller's own header does not come forth from behind that of a layer", async () => {
  const { a, b, seen, route } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/end`);
  const { fetch } = createClient({ redirects: { origins: [b.origin] } }, tenantKey);

  await fetch(`${a.origin}/start`, { headers: { 'x-tenant-key': "the caller's" } });

  expect(seen.map(({ headers }) => headers['x-tenant-key'])).toEqual(['of a layer', undefined]);
});

test('what a layer sends that is no credential goes along', async () => {
  const { a, b, seen, route } = await crossroads();
  route(`${a.origin}/start`, `${b.origin}/end`);
  const trace = layer('observe', 'trace', (next) => (request, call) => {
    call.headers.set('traceparent', '00-2');
    return next(request, call);
  });
  const { fetch } = createClient({ redirects: { origins: [b.origin] } }, bearer, trace);

  await fetch(`${a.origin}/start`);

  expect(seen.map(({ headers }) => headers['traceparent'])).toEqual(['00-2', '00-2']);
});

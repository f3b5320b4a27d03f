import { expect, test } from 'vitest';
import { virtualClock } from '@bearings/testing';
import { broken, redirectTo, scriptedFetch, status, times } from '../../client/test/scripted.ts';
import type { Answer, ScriptedFetch } from '../../client/test/scripted.ts';
import { discover, discoverTokenEndpoint } from '../src/discover.ts';
import type { DiscoveryOptions } from '../src/discover.ts';

const issuer = 'https://as.example';
const metadata = { issuer, token_endpoint: 'https://as.example/token' };

const json = (body: unknown, type = 'application/json'): Answer =>
  status(200, { 'content-type': type }, typeof body === 'string' ? body : JSON.stringify(body));

const through = (fetch: ScriptedFetch): DiscoveryOptions => ({ fetch, clock: virtualClock(), random: () => 0 });
const urls = ({ sent }: ScriptedFetch): readonly string[] => sent.map(({ url }) => url);

test("an issuer's token endpoint is found at the OIDC location", async () => {
  const network = scriptedFetch(json(metadata));

  const found = await discoverTokenEndpoint(issuer, through(network));

  expect(found.unwrap()).toBe('https://as.example/token');
  expect(urls(network)).toEqual(['https://as.example/.well-known/openid-configuration']);
});

test('the location of an issuer with a path comes after the path', async () => {
  const network = scriptedFetch(json({ ...metadata, issuer: `${issuer}/realms/a` }));

  await discover(`${issuer}/realms/a`, through(network));

  expect(urls(network)).toEqual(['https://as.example/realms/a/.well-known/openid-configuration']);
});

test("when OIDC's location answers 404, RFC 8414's location before the path is requested", async () => {
  const network = scriptedFetch(status(404), json({ ...metadata, issuer: `${issuer}/realms/a` }));

  const found = await discover(`${issuer}/realms/a`, through(network));

  expect(found.isOk()).toBe(true);
  expect(urls(network)[1]).toBe('https://as.example/.well-known/oauth-authorization-server/realms/a');
});

test('an issuer with metadata at neither location fails with both', async () => {
  const network = scriptedFetch(status(404), status(404));

  const error = (await discover(issuer, through(network))).unwrapErr();

  expect(error).toMatchObject({ code: 'HTTP', status: 404, retryable: false, tried: urls(network) });
  for (const url of urls(network)) expect(error.message).toContain(url);
});

test('a status other than 404 ends the search', async () => {
  const network = scriptedFetch(status(403));

  const error = (await discover(issuer, through(network))).unwrapErr();

  expect(error).toMatchObject({ code: 'HTTP', status: 403 });
  expect(network.sent).toHaveLength(1);
});

test('any number of concurrent callers causes one request, and the document is cached', async () => {
  const network = scriptedFetch(json(metadata));
  const options = through(network);

  const found = await Promise.all(Array.from({ length: 100 }, () => discover(issuer, options)));
  await discover(issuer, options);

  expect(found.every((each) => each.isOk())).toBe(true);
  expect(network.sent).toHaveLength(1);
});

test('a failure is not cached', async () => {
  const network = scriptedFetch(status(403), json(metadata));
  const options = through(network);

  const first = await discover(issuer, options);
  const second = await discover(issuer, options);

  expect(first.isErr()).toBe(true);
  expect(second.isOk()).toBe(true);
});

test.each<[string, Answer]>([
  ['503', status(503)],
  ['a reset connection', broken('ECONNRESET')],
])('after %s the request is sent again', async (_, answer) => {
  const network = scriptedFetch(answer, answer, json(metadata));

  const found = await discover(issuer, through(network));

  expect(found.isOk()).toBe(true);
  expect(network.sent).toHaveLength(3);
});

test('an issuer that stays unreachable is UNAVAILABLE, with the location', async () => {
  const network = scriptedFetch(...times(3, broken('ECONNREFUSED')));

  const error = (await discover(issuer, through(network))).unwrapErr();

  expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true, url: urls(network)[0] });
  expect(error.message).toContain('https://as.example/.well-known/openid-configuration');
});

test.each([302, 307])('a redirect (%d) is not followed', async (code) => {
  const network = scriptedFetch(redirectTo('https://evil.example/', code));

  const error = (await discover(issuer, through(network))).unwrapErr();

  expect(error).toMatchObject({ code: 'HTTP', status: code });
  expect(network.sent).toHaveLength(1);
});

test('a document of 10 MiB is not read to its end', async () => {
  const network = scriptedFetch(json({ ...metadata, filler: 'x'.repeat(10 * 1024 * 1024) }));

  const error = (await discover(issuer, through(network))).unwrapErr();

  expect(error.message).toContain(issuer);
  expect(error.code).toBe('INVALID_RESPONSE');
  expect(error.message.length).toBeLessThan(300);
});

test('nothing is sent to an invalid issuer URL', async () => {
  const network = scriptedFetch();

  const found = await discover('http://as.example', through(network));

  expect(found.unwrapErr()).toMatchObject({ code: 'CONFIG', source: 'oidc-discovery' });
  expect(network.sent).toHaveLength(0);
});

test('metadata cannot be changed by one of its callers', async () => {
  const found = (await discover(issuer, through(scriptedFetch(json(metadata))))).unwrap();

  expect(Object.isFrozen(found)).toBe(true);
});

import { expect, test, vi } from 'vitest';
import { virtualClock } from '@bearings/testing';
import { broken, redirectTo, scriptedFetch, status, times } from '../../client/test/scripted.ts';
import type { Answer, ScriptedFetch } from '../../client/test/scripted.ts';
import { discover, discoverTokenEndpoint } from '../src/discover.ts';
import type { DiscoveryOptions } from '../src/discovery-options.ts';

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

  expect(error).toMatchObject({ code: 'DISCOVERY_HTTP', status: 404, retryable: false, tried: urls(network) });
  for (const url of urls(network)) expect(error.message).toContain(url);
});

test.each([400, 401, 403, 404, 405, 410])("when OIDC's location answers %d, RFC 8414's is requested", async (code) => {
  const network = scriptedFetch(status(code), json(metadata));

  const found = await discover(issuer, through(network));

  expect(found.isOk()).toBe(true);
  expect(urls(network)[1]).toBe('https://as.example/.well-known/oauth-authorization-server');
});

test('an error names the status of each location', async () => {
  const network = scriptedFetch(status(403), status(404));

  const error = (await discover(issuer, through(network))).unwrapErr();

  expect(error).toMatchObject({ code: 'DISCOVERY_HTTP', status: 404, retryable: false, tried: urls(network) });
  const [oidc, oauth] = urls(network);
  expect(error.message).toContain(`${oidc} answered 403 and ${oauth} answered 404`);
});

test.each([302, 406, 418, 501])('a %d ends the search', async (code) => {
  const network = scriptedFetch(status(code));

  const error = (await discover(issuer, through(network))).unwrapErr();

  expect(error).toMatchObject({ code: 'DISCOVERY_HTTP', status: code });
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

test('where promises end with their request, none waits for the request of another; the document is cached all the same', async () => {
  vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
  const answer = json(metadata);
  const network = scriptedFetch(() => new Promise(() => {}), answer, answer);
  const options = through(network);
  void discover(issuer, options); // its request ends before the answer

  const found = await discover(issuer, options);
  const cached = await discover(issuer, options);
  const renewed = await discover(issuer, { ...options, maxAgeMs: 0 });

  expect([found, cached, renewed].every((each) => each.isOk())).toBe(true);
  expect(network.sent).toHaveLength(3);
});

test('a failure is not cached', async () => {
  const network = scriptedFetch(status(418), json(metadata));
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

  expect(error).toMatchObject({ code: 'DISCOVERY_UNAVAILABLE', retryable: true, url: urls(network)[0] });
  expect(error.message).toContain('https://as.example/.well-known/openid-configuration');
});

test.each([301, 302, 303, 307, 308])(
  'a redirect (%d) within the origin is followed: Django adds a slash',
  async (code) => {
    const location = '/.well-known/openid-configuration/';
    const network = scriptedFetch(redirectTo(location, code), json(metadata));

    const found = await discover(issuer, through(network));

    expect(found.isOk()).toBe(true);
    expect(urls(network)[1]).toBe(`https://as.example${location}`);
  },
);

test('redirects that never end are followed three times', async () => {
  const network = scriptedFetch(...times(4, redirectTo('/again?key=CANARY', 302)));

  const error = (await discover(issuer, through(network))).unwrapErr();

  expect(error).toMatchObject({ code: 'DISCOVERY_HTTP', status: 302 });
  expect(error.message).not.toContain('CANARY');
  expect(network.sent).toHaveLength(4);
});

test.each([
  ['another host', 'https://evil.example/login?key=CANARY#CANARY', 'https://evil.example/login'],
  ['http', 'http://as.example/.well-known/openid-configuration', 'http://as.example/.well-known/openid-configuration'],
  ['another port', 'https://user:CANARY@as.example:8443/', 'https://as.example:8443/'],
])('a redirect to %s is not followed; the error says where it leads and what to do', async (_, location, shown) => {
  const network = scriptedFetch(redirectTo(location, 302));

  const error = (await discover(issuer, through(network))).unwrapErr();

  expect(error).toMatchObject({ code: 'DISCOVERY_HTTP', status: 302, redirectsTo: shown });
  expect(error.message).toContain(`It redirects to ${shown}, which is not followed`);
  expect(error.message).toMatch(/change issuerUrl.*set metadataUrl/);
  expect(error.message).not.toContain('CANARY');
  expect(network.sent).toHaveLength(1);
});

test('a document of 10 MiB is not read to its end', async () => {
  const network = scriptedFetch(json({ ...metadata, filler: 'x'.repeat(10 * 1024 * 1024) }));

  const error = (await discover(issuer, through(network))).unwrapErr();

  expect(error.message).toContain(issuer);
  expect(error.code).toBe('INVALID_METADATA');
  expect(error.message.length).toBeLessThan(300);
});

test('nothing is sent to an invalid issuer URL', async () => {
  const network = scriptedFetch();

  const found = await discover('http://as.example', through(network));

  expect(found.unwrapErr()).toMatchObject({ code: 'DISCOVERY_CONFIG', source: 'oidc-discovery' });
  expect(network.sent).toHaveLength(0);
});

test('metadata cannot be changed by one of its callers', async () => {
  const found = (await discover(issuer, through(scriptedFetch(json(metadata))))).unwrap();

  expect(Object.isFrozen(found)).toBe(true);
});

test('metadata at another address is requested there only, and must name the issuer', async () => {
  const metadataUrl = 'https://keycloak.svc.internal/realms/a/.well-known/openid-configuration';
  const network = scriptedFetch(json(metadata), json({ ...metadata, issuer: 'https://keycloak.svc.internal' }));

  const found = await discover(issuer, { ...through(network), metadataUrl });
  const other = await discover(issuer, { ...through(network), metadataUrl: `${metadataUrl}/` });

  expect(found.unwrap().token_endpoint).toBe('https://as.example/token');
  expect(other.unwrapErr().code).toBe('ISSUER_MISMATCH');
  expect(urls(network)).toEqual([metadataUrl, `${metadataUrl}/`]);
});

test.each(['http://as.example/x', 'https://user:CANARY@as.example/', 'https://as.example/#x', 'x'])(
  'nothing is sent to the metadata URL %s',
  async (metadataUrl) => {
    const network = scriptedFetch();

    const error = (await discover(issuer, { ...through(network), metadataUrl })).unwrapErr();

    expect(error).toMatchObject({ code: 'DISCOVERY_CONFIG', field: 'metadataUrl' });
    expect(error.message).not.toContain('CANARY');
    expect(network.sent).toHaveLength(0);
  },
);

test.each<[string, Partial<DiscoveryOptions>]>([
  ['clock', { clock: virtualClock() }],
  ['insecureHttp', { insecureHttp: true }],
  ['metadataUrl', { metadataUrl: `${issuer}/metadata` }],
])('callers with another %s share neither a request nor a document', async (_, changes) => {
  const network = scriptedFetch(json(metadata), json(metadata));
  const options = through(network);

  const found = await Promise.all([discover(issuer, options), discover(issuer, { ...options, ...changes })]);

  expect(found.every((each) => each.isOk())).toBe(true);
  expect(network.sent).toHaveLength(2);
});

test('a document is requested again after an hour of the clock, or when it is older than maxAgeMs', async () => {
  const clock = virtualClock();
  const network = scriptedFetch(...times(3, json(metadata)));
  const options = { ...through(network), clock };
  const counts: number[] = [];
  const find = async (changes: DiscoveryOptions = {}): Promise<void> => {
    await discover(issuer, { ...options, ...changes });
    counts.push(network.sent.length);
  };

  await find();
  await clock.advance(59_000);
  await find({ maxAgeMs: 60_000 });
  await clock.advance(1_000);
  await find({ maxAgeMs: 60_000 });
  await find({ maxAgeMs: 60_000 });
  await clock.advance(3_599_000);
  await find();
  await clock.advance(1_000);
  await find();

  expect(counts).toEqual([1, 1, 2, 2, 2, 3]);
});

import { createClient, formatHttpError, isBearingsError } from '@bearings/client';
import { staticToken, SecretString, Token, withBearerAuth, withBearerAuthHeader } from '@bearings/oauth-bearer';
import type { TokenConfig } from '@bearings/oauth-bearer';
import { faults } from '@bearings/testing';
import type { Fault, IssuerFault } from '@bearings/testing';
import { inspect } from 'node:util';
import { expect } from 'vitest';
import { createIssuer, clientSecret, tokenConfig, resource, createService, catchError } from './create-service.ts';
import type { Service } from './create-service.ts';
import { reachableValues, reachableText } from './reachable-values.ts';
import { replay } from './replay.ts';

/** Fails when an error, its causes or their members reach an object of the platform that holds headers. */
function holdsNoExchange(error: unknown): void {
  const found = [...reachableValues(error)];
  expect(
    found.filter((each) => each instanceof Request || each instanceof Response || each instanceof Headers),
  ).toEqual([]);
  expect(reachableText(error)).not.toContain('CANARY');
}

/** Every request carries every kind of secret. */
const extras: Partial<TokenConfig> = {
  extraParams: { password: 'as_CANARY_1' },
  extraHeaders: { 'x-api-key': 'ak_CANARY_1' },
  start: 'lazy',
};

const ours = {
  headers: { cookie: 'sid=ck_CANARY_1', 'x-api-key': 'ak_CANARY_2' },
  json: { password: 'pw_CANARY_1' },
} as const;

/** The response of a server that repeats every secret it received. */
const indiscreet = {
  error: 'invalid_client',
  error_description: `no client ${clientSecret} with at_CANARY_1`,
  error_uri: 'https://as.example/?secret=cs_CANARY_9f3a',
  access_token: 'at_CANARY_1',
  refresh_token: 'rt_CANARY_1',
};

/** All errors that a caller can receive when the issuer fails: from the token, and through a call. */
async function collectErrors(
  fault: IssuerFault | readonly IssuerFault[],
  changes: Partial<TokenConfig> = {},
): Promise<readonly unknown[]> {
  const scenario = await createService({ token: { ...extras, ...changes } });
  const { api, client, clock, config, issuer, token } = scenario;
  issuer.inject([faults.member('refresh_token', 'rt_CANARY_1'), ...[fault].flat()]);
  const made = Token.create({ ...config, start: 'eager' });
  const asked = token.get();
  const calls = [
    catchError(() => client.post('orders?code=qs_CANARY_1', ours)),
    catchError(() => client.fetch('/orders')),
  ];
  await clock.advance(60_000);
  const errors = [(await made).unwrapErr(), (await asked).unwrapErr(), ...(await Promise.all(calls))];
  expect(api.requests).toHaveLength(0);
  return [...errors, token.status(), ...errors.map((error) => formatHttpError(error, 'order 42'))];
}

const listCodes = (errors: readonly unknown[]): readonly unknown[] =>
  errors.flatMap((error) => (error instanceof Error && 'code' in error ? [error.code] : []));

replay('SL-008', async ({ hides }) => {
  for (const status of [400, 401, 403, 302, 500]) {
    const headers = {
      location: 'https://evil.example/?t=at_CANARY_1',
      'www-authenticate': 'Basic realm="at_CANARY_1"',
    };
    const errors = hides(await collectErrors(faults.status(status, { headers, body: indiscreet })));

    expect(listCodes(errors)).toEqual(['TOKEN_HTTP', 'TOKEN_HTTP', 'TOKEN_HTTP', 'TOKEN_HTTP']);
    errors.forEach(holdsNoExchange);
  }
});

replay('SL-009', async ({ hides }) => {
  const odd: readonly Fault[] = [
    faults.member('access_token', undefined),
    faults.member('access_token', ['at_CANARY_1']),
    faults.member('expires_in', 'at_CANARY_1'),
    faults.member('scope', { at_CANARY_1: 'at_CANARY_1' }),
    faults.contentType('text/at_CANARY_1'),
    faults.status(200, { headers: { 'content-type': 'application/json' }, body: '{"access_token":"at_CANARY_1",' }),
    faults.status(200, { headers: { 'content-type': 'application/json' }, body: 'at_CANARY_1' }),
    faults.status(200, { body: indiscreet }),
    faults.status(201, { body: indiscreet }),
    faults.oversized(2 ** 20),
  ];
  for (const fault of odd) {
    const errors = hides(await collectErrors(fault));

    expect(listCodes(errors)).toEqual(Array.from({ length: 4 }, () => 'INVALID_TOKEN_RESPONSE'));
    errors.forEach(holdsNoExchange);
  }
});

replay('SL-010', async ({ hides }) => {
  for (const type of ['DPoP', 'at_CANARY_1', 'mac']) {
    const errors = hides(await collectErrors(faults.tokenType(type)));

    expect(listCodes(errors)).toEqual(Array.from({ length: 4 }, () => 'UNSUPPORTED_TOKEN_TYPE'));
    errors.forEach(holdsNoExchange);
  }
});

/** A network that fails with an error that contains the whole request, as a proxy agent might. */
const talkative: typeof globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  const all = [...request.headers].join() + (await request.text());
  const inner = Object.assign(new Error(`socket for ${all}`), { request, headers: request.headers });
  const cause = new AggregateError([inner, new Error(all)], all, { cause: inner });
  throw Object.assign(new TypeError(`fetch failed: ${all}`, { cause }), { request, init, all });
};

replay('SL-011', async ({ hides }) => {
  for (const changes of [{}, { fetch: talkative }]) {
    const errors = hides(await collectErrors(faults.unreachable(), changes));

    expect(listCodes(errors)).toEqual(Array.from({ length: 4 }, () => 'TOKEN_UNAVAILABLE'));
    errors.forEach(holdsNoExchange);
  }
  const { token } = await createService();
  const client = createClient({ baseUrl: resource, fetch: talkative, retry: 0 }, withBearerAuth(token));
  const lost = [
    await catchError(() => client.post('orders?code=qs_CANARY_1', ours)),
    await catchError(() => client.fetch('/')),
  ];
  expect(hides(lost).map((error) => formatHttpError(error, 'order 42'))).toEqual([
    expect.stringMatching(
      /^order 42: POST https:\/\/api\.example\/orders: no answer: the connection failed\. Not retried: .*\(TRANSPORT\)$/,
    ),
    'order 42: GET https://api.example/: no answer: the connection failed (TRANSPORT)',
  ]);
  lost.forEach(holdsNoExchange);
});

replay('SL-013', async ({ hides }) => {
  const waits: readonly ((scenario: Service) => unknown)[] = [
    ({ issuer }) => issuer.inject(faults.hang()),
    ({ api }) => api.inject(faults.hang()),
    ({ api, issuer }) => [api.inject(faults.status(401)), token2(issuer)],
  ];
  for (const hold of waits) {
    for (const reason of [undefined, new RangeError('gone')]) {
      const scenario = await createService({ token: extras });
      const { client, clock } = scenario;
      hold(scenario);
      const caller = new AbortController();
      const calls = [
        catchError(() => client.post('orders?code=qs_CANARY_1', { ...ours, signal: caller.signal })),
        catchError(() => client.fetch('/orders', { signal: caller.signal })),
      ];
      await clock.settle();
      caller.abort(reason);
      const errors = hides(await Promise.all(calls));

      expect(errors).toEqual([caller.signal.reason, caller.signal.reason]);
      expect(errors[0]).toBe(caller.signal.reason);
      errors.forEach(holdsNoExchange);
    }
  }
});

/** Answers the first token request and holds the second. */
function token2(issuer: Service['issuer']): void {
  issuer.inject(faults.hang());
  issuer.inject(faults.delay(0), { times: 1 });
}

replay('SL-014', async ({ hides }) => {
  const wrong: readonly Partial<TokenConfig>[] = [
    { clientSecret: 'cs_CANARY_\ud800' },
    { clientSecret: new SecretString('') },
    { clientId: ' ' },
    { tokenEndpoint: 'https://svc:cs_CANARY_9f3a@as.example/token' },
    { tokenEndpoint: 'cs_CANARY_9f3a' },
    { tokenEndpoint: 'http://as.example/token?key=cs_CANARY_9f3a' },
    { tokenEndpoint: undefined, issuerUrl: 'https://as.example/?key=cs_CANARY_9f3a' },
    { extraHeaders: { 'x-api-key': 'ak_CANARY_1\r\nx: y' } },
    { extraHeaders: { authorization: 'Basic cs_CANARY_9f3a' } },
    { extraParams: { client_secret: 'cs_CANARY_9f3a' } },
    { resource: 'https://api.example/#at_CANARY_1' },
    { refreshOffsetMs: -1 },
  ];
  const issuer = createIssuer();
  for (const changes of wrong) {
    const error = (await Token.create(tokenConfig(issuer, { ...extras, fetch: issuer.fetch, ...changes }))).unwrapErr();
    expect(hides(error)).toMatchObject({ code: 'TOKEN_CONFIG', source: 'oauth-bearer' });
    holdsNoExchange(error);
  }
  expect(issuer.requests).toHaveLength(0);
  const { client, token, api } = await createService();
  const acts: readonly (() => unknown)[] = [
    () => staticToken('at_CANARY_1\r\nx: y'),
    () => staticToken(new SecretString('at_CANARY_1 ')),
    () => createClient({ baseUrl: 'https://svc:pw_CANARY_1@api.example/' }),
    () => createClient({ baseUrl: 'http://api.example/?key=ak_CANARY_1' }),
    () => createClient({}, withBearerAuth(token)),
    () => createClient({}, withBearerAuth(token, { origins: ['https://svc:pw_CANARY_1@api.example/'] })),
    () => createClient({ baseUrl: resource }, withBearerAuth(token), withBearerAuthHeader(token, 'Authorization')),
    () => createClient({ baseUrl: resource, headers: { 'x-api-key': 'ak_CANARY_1\nx' } }),
    () => client.get('orders', { headers: { 'x-api-key': 'ak_CANARY_1\nx' } }),
    () => client.fetch('https://svc:pw_CANARY_1@api.example/orders'),
    () => client.get('https://evil.example/?key=ak_CANARY_1'),
  ];
  const refusals = [
    'CONFIG',
    'TOKEN_CONFIG',
    'INVALID_URL',
    'INVALID_SCHEME',
    'INVALID_HEADER',
    'DESTINATION_NOT_ALLOWED',
  ];
  for (const act of acts) {
    const error = await catchError(act);
    expect(refusals).toContain(hides(error instanceof Error && 'code' in error ? error.code : error));
    hides([error, formatHttpError(error, 'order 42')]);
    holdsNoExchange(error);
  }
  expect(api.requests).toHaveLength(0);
});

replay('SL-015', async ({ hides }) => {
  const { api, client, sent } = await createService();
  const body = { problem: 'the database is on holiday' };
  api.inject(faults.status(500, { body }));

  const error = await catchError(() => client.get('orders', { headers: { 'x-trace': '42' } }));

  if (!isBearingsError(error, 'HTTP_STATUS')) throw error;
  hides([error, error.request, error.options, error.response, formatHttpError(error, 'order 42')]);
  expect(sent()).toEqual(['at_CANARY_1']);
  expect(error).toMatchObject({ code: 'HTTP_STATUS', data: body });
  expect([...error.request.headers.keys()]).not.toContain('authorization');
  const texts = [error, error.request, error.options].flatMap((each) => [
    inspect(each, { depth: Infinity, showHidden: true }),
    JSON.stringify(each),
    reachableText(each),
  ]);
  for (const text of texts) expect(text).not.toMatch(/Bearer|CANARY/);
  expect(inspect(error, { showHidden: true })).toContain('x-trace'); // a secret there would have been found
});

replay('SL-016', async ({ hides }) => {
  for (const value of [
    'at_CANARY_1\r\nx-injected: 1',
    'at_CANARY_1\n',
    '\rat_CANARY_1',
    'at_CANARY_1\r\n\r\nGET / HTTP/1.1',
  ]) {
    const errors = hides(await collectErrors(faults.member('access_token', value)));

    expect(listCodes(errors)).toEqual(Array.from({ length: 4 }, () => 'INVALID_TOKEN_RESPONSE'));
    errors.forEach(holdsNoExchange);
  }
});

replay('SL-019', async ({ hides }) => {
  const location = 'https://evil.example/cb?access_token=at_CANARY_1&code=qs_CANARY_1';
  const errors = hides(await collectErrors(faults.status(302, { headers: { location } })));
  expect(listCodes(errors)).toEqual(Array.from({ length: 4 }, () => 'TOKEN_HTTP'));
  errors.forEach(holdsNoExchange);

  const { api, client } = await createService();
  const here = `${resource}/orders?access_token=at_CANARY_1`;
  const journeys: readonly (readonly [Fault, string])[] = [
    [faults.status(302, { headers: { location } }), 'REDIRECT_BLOCKED'],
    [faults.status(302, { headers: { location: 'http://api.example/?t=at_CANARY_1' } }), 'REDIRECT_BLOCKED'],
    [faults.status(302, { headers: { location: 'https://at_CANARY_1:x@api.example/' } }), 'REDIRECT_BLOCKED'],
    [faults.status(302, { headers: { location: here } }), 'HTTP_STATUS'],
    [faults.status(302, { headers: { location: here } }), 'TRANSPORT'],
  ];
  for (const [fault, code] of journeys) {
    api.clearFaults();
    api.inject(code === 'TRANSPORT' ? faults.unreachable() : faults.status(500));
    api.inject(fault, { times: 1 });
    const error = await catchError(() => client.get('start?code=qs_CANARY_2'));

    expect(error).toMatchObject({ code });
    const { message, stack } = error as Error;
    hides([message, stack, formatHttpError(error, 'order 42'), code === 'HTTP_STATUS' ? undefined : error]);
  }
});

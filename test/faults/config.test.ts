import { generateKeyPairSync } from 'node:crypto';
import { createClient, systemClock } from '@bearings/client';
import { layer, slots } from '@bearings/client/layer';
import type { Layer } from '@bearings/client';
import type { Slot } from '@bearings/client/layer';
import { Token, withBearerAuth, withBearerAuthHeader } from '@bearings/oauth-bearer';
import type { TokenConfig } from '@bearings/oauth-bearer';
import { faults } from '@bearings/testing';
import { expect } from 'vitest';
import { createIssuer, tokenConfig, hourMs, resource, createService, catchError } from './create-service.ts';
import { replay } from './replay.ts';

/** Both kinds of start reject the config before any request. */
async function refused(changes: Partial<Record<keyof TokenConfig, unknown>>): Promise<readonly unknown[]> {
  const issuer = createIssuer();
  const config = { ...tokenConfig(issuer, { fetch: issuer.fetch }), ...changes } as TokenConfig;
  const created = [await Token.create(config), await Token.create({ ...config, start: 'lazy' })];
  expect(issuer.requests).toHaveLength(0);
  return created.map((each) => each.unwrapErr());
}

const configError = (field: string): unknown => expect.objectContaining({ code: 'TOKEN_CONFIG', field });

replay('CF-001', async ({ hides }) => {
  for (const clientId of [undefined, '', ' ', null, 42]) {
    const errors = await refused({ clientId });

    expect(hides(errors)).toEqual([configError('clientId'), configError('clientId')]);
  }
});

replay('CF-006', async ({ hides }) => {
  const issuer = createIssuer();
  for (const issuerUrl of ['https://other.example', issuer.issuerUrl, '']) {
    const errors = await refused({ issuerUrl, tokenEndpoint: issuer.tokenEndpoint });

    expect(hides(errors)).toEqual([configError('issuerUrl'), configError('issuerUrl')]);
    expect(String(errors[0])).toContain('tokenEndpoint');
  }
});

replay('CF-007', async ({ hides }) => {
  const { token, api, issuer } = await createService();
  const bearer = withBearerAuth(token);
  const other = layer('observe', 'other', (next) => next);
  for (const layers of [
    [bearer, other],
    [other, bearer],
  ]) {
    const { stages } = createClient({ baseUrl: resource }, ...layers);
    expect(stages.indexOf('retry')).toBeLessThan(stages.indexOf('bearer')); // for any order of the layers
  }
  const outside = slots.slice(0, slots.indexOf('retry'));
  expect(outside).toEqual(['observe', 'concurrency']);

  const misplaced: readonly (() => unknown)[] = [
    () => layer('outside' as Slot, 'bearer', bearer.stage),
    () => createClient({ baseUrl: resource }, { ...bearer, slot: 'outside' as Slot }),
    ...outside.map((slot) => () => createClient({ baseUrl: resource }, { ...bearer, slot })),
  ];
  for (const misplace of misplaced) {
    const error = hides(await catchError(misplace));
    expect(error).toMatchObject({ code: 'CONFIG' });
    expect(String(error)).toMatch(/retry.*auth.*timeout/);
  }
  expect([issuer.counts.token, api.counts.requests]).toEqual([1, 0]);
});

replay('CF-008', async ({ hides }) => {
  const { token, config, api, issuer } = await createService();
  const another = (await Token.create({ ...config, start: 'lazy' })).unwrap();
  const pairs: readonly (readonly [Layer, Layer])[] = [
    [withBearerAuth(token), withBearerAuth(token)],
    [withBearerAuth(token), withBearerAuth(another)],
    [withBearerAuth(token), withBearerAuthHeader(another, 'Authorization')],
    [withBearerAuthHeader(token, 'X-Api-Key'), withBearerAuthHeader(another, 'x-api-key')],
  ];
  for (const pair of pairs) {
    const error = hides(await catchError(() => createClient({ baseUrl: resource }, ...pair)));
    expect(error).toMatchObject({ code: 'CONFIG' });
    expect(String(error)).toContain(slots.join(' → '));
  }
  expect([issuer.counts.token, api.counts.requests]).toEqual([1, 0]);
});

replay('CF-009', async ({ hides }) => {
  const allowed = (code: number): boolean =>
    code === 0x21 || (code >= 0x23 && code <= 0x5b) || (code >= 0x5d && code <= 0x7e);
  const codes = [...Array(0x100).keys(), 0x20ac, 0x1f511];
  for (const code of codes.filter((each) => !allowed(each))) {
    const errors = await refused({ scopes: ['orders.read', `a${String.fromCodePoint(code)}b`] });
    expect(errors).toEqual([configError('scopes'), configError('scopes')]);
  }
  expect(hides(await refused({ scopes: [''] }))).toEqual([configError('scopes'), configError('scopes')]);
  const issuer = createIssuer();
  const scopes = codes.filter(allowed).map((code) => `a${String.fromCodePoint(code)}b`);

  const token = (await Token.create(tokenConfig(issuer, { fetch: issuer.fetch, scopes }))).unwrap();

  expect(issuer.requests[0]?.params('scope')).toEqual([scopes.join(' ')]);
  expect(token.status().scopes).toEqual(scopes);
  await token.close();
  hides(token.status());
});

replay('CF-012', async ({ hides }) => {
  const scopes = ['a', 'b'];
  const resources = ['https://r1.example'];
  const extraParams: Record<string, string> = { tenant: 'one' };
  const extraHeaders: Record<string, string> = { 'x-tenant': 'one' };
  const { config, issuer, clock } = await createService();
  const given: Record<string, unknown> = { ...config, scopes, resource: resources, extraParams, extraHeaders };
  const token = (await Token.create(given as unknown as TokenConfig)).unwrap();

  scopes.push('c');
  resources.push('https://r2.example');
  extraParams['tenant'] = 'two';
  extraHeaders['x-tenant'] = 'two';
  for (const name of Object.keys(given)) given[name] = 'https://evil.example';
  await clock.advance(hourMs / 2);
  await token.invalidate();

  const asked = issuer.requests.filter((request) => request.header('x-tenant') !== undefined);
  expect(asked).toHaveLength(3);
  for (const request of asked) {
    expect(request.header('x-tenant')).toBe('one');
    expect(request.params('scope')).toEqual(['a b']);
    expect(request.params('resource')).toEqual(['https://r1.example']);
    expect(request.params('tenant')).toEqual(['one']);
    expect(request.header('authorization')).toBe(asked[0]?.header('authorization'));
  }
  hides(token.status());
  await token.close();
  await listsOfAClientAreCopied();
});

/** Allowed origins and the retry policy are fixed when the client is created. */
async function listsOfAClientAreCopied(): Promise<void> {
  const { api, config, token } = await createService();
  const { fetch = globalThis.fetch, clock = systemClock } = config;
  const methods: 'get'[] = [];
  const statusCodes: number[] = [];
  const redirectOrigins: string[] = [];
  const bearerOrigins = [resource];
  const client = createClient(
    { baseUrl: resource, fetch, clock, retry: { methods, statusCodes }, redirects: { origins: redirectOrigins } },
    withBearerAuth(token, { origins: bearerOrigins }),
  );
  methods.push('get');
  statusCodes.push(500);
  redirectOrigins.push('https://evil.example');
  bearerOrigins.push('https://evil.example');

  expect(await catchError(() => client.get('https://evil.example/'))).toMatchObject({
    code: 'DESTINATION_NOT_ALLOWED',
  });
  api.inject(faults.status(302, { headers: { location: 'https://evil.example/' } }), { times: 1 });
  expect(await catchError(() => client.get('orders'))).toMatchObject({ code: 'REDIRECT_BLOCKED' });
  api.inject(faults.status(500), { times: 1 });
  expect((await client.fetch('/orders')).status).toBe(500);
  expect(api.counts.requests).toBe(2);
}

replay('CF-020', async ({ hides }) => {
  const { config, issuer } = await createService();
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
  const pem = { type: 'pkcs8', format: 'pem' } as const;
  const wrong: readonly string[] = [
    privateKey.export({ ...pem, cipher: 'aes-256-cbc', passphrase: 'cs_CANARY_2' }).toString(),
    secp256k1.export(pem).toString(),
    publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    '-----BEGIN PRIVATE KEY-----\ncs_CANARY_3\n-----END PRIVATE KEY-----',
  ];
  for (const key of wrong) {
    const created = hides(await Token.create({ ...config, clientSecret: undefined, privateKey: key }));

    expect(created.unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field: 'privateKey' });
    for (const line of key.split('\n')) expect(created.unwrapErr().message).not.toContain(line || '-----');
  }
  for (const type of ['sec1', 'pkcs8'] as const) {
    const right = privateKey.export({ type, format: 'pem' }).toString();
    expect((await Token.create({ ...config, clientSecret: undefined, privateKey: right, start: 'lazy' })).isOk()).toBe(
      true,
    );
  }
  expect(issuer.counts.token).toBe(1);
});

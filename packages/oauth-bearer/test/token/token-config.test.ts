import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { SecretString } from '../../src/secret-string.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';
import { readTokenConfig } from '../../src/token/token-config.ts';
import { Token } from '../../src/token/token.ts';
import { canary, clientSecret, configFor, fakeIssuer, issuerUrl, tokenEndpoint } from '../fake-issuer.ts';

/** What plain JavaScript, or a config file, may hand over. */
const untyped = (changes: Readonly<Record<string, unknown>>): Partial<TokenConfig> => changes;

type Wrong = readonly [what: string, field: string, changes: Partial<TokenConfig>];

const wrong: readonly Wrong[] = [
  ['neither issuer nor endpoint', 'issuerUrl', { tokenEndpoint: undefined }],
  ['both issuer and endpoint', 'issuerUrl', { issuerUrl }],
  ['a blank client id', 'clientId', { clientId: ' ' }],
  ['no client id', 'clientId', untyped({ clientId: undefined })],
  ['half a surrogate pair in the id', 'clientId', { clientId: 'svc\uD800' }],
  ['an empty secret', 'clientSecret', { clientSecret: '' }],
  ['an empty SecretString', 'clientSecret', { clientSecret: new SecretString('') }],
  ['no secret', 'clientSecret', untyped({ clientSecret: undefined })],
  ['half a surrogate pair in the secret', 'clientSecret', { clientSecret: 'cs_CANARY\uDC00' }],
  ['an http endpoint', 'tokenEndpoint', { tokenEndpoint: 'http://as.example/token' }],
  ['an endpoint of another scheme', 'tokenEndpoint', { tokenEndpoint: 'javascript:alert(1)' }],
  ['a relative endpoint', 'tokenEndpoint', { tokenEndpoint: '/token' }],
  ['an endpoint with a user', 'tokenEndpoint', { tokenEndpoint: 'https://u:CANARY@as.example/token' }],
  ['an endpoint with a fragment', 'tokenEndpoint', { tokenEndpoint: 'https://as.example/token#CANARY' }],
  ['an endpoint with an empty fragment', 'tokenEndpoint', { tokenEndpoint: 'https://as.example/token#' }],
  ['an http issuer', 'issuerUrl', { tokenEndpoint: undefined, issuerUrl: 'http://as.example' }],
  ['an issuer with a query', 'issuerUrl', { tokenEndpoint: undefined, issuerUrl: 'https://as.example?a=CANARY' }],
  ['an issuer with a fragment', 'issuerUrl', { tokenEndpoint: undefined, issuerUrl: 'https://as.example#a' }],
  ['a scope with a space', 'scopes', { scopes: ['a', 'b c'] }],
  ['a scope with a quote', 'scopes', { scopes: ['a"'] }],
  ['a scope with a backslash', 'scopes', { scopes: ['a\\'] }],
  ['an empty scope', 'scopes', { scopes: [''] }],
  ['a resource with a fragment', 'resource', { resource: 'https://r.test/#x' }],
  ['a relative resource', 'resource', { resource: ['https://r.test', '/r'] }],
  ['an unknown client authentication', 'clientAuthMethod', untyped({ clientAuthMethod: 'client_secret_jwt' })],
  ['an unknown start', 'start', untyped({ start: 'soon' })],
  ['no time to acquire', 'acquireTimeoutMs', { acquireTimeoutMs: 0 }],
  ['a line break in a header', 'extraHeaders', { extraHeaders: { 'x-a': 'a\r\nb: CANARY' } }],
  ['a header name with a space', 'extraHeaders', { extraHeaders: { 'x a': 'b' } }],
  ...['Authorization', 'authorization', 'Content-Type', 'accept'].map(
    (name) => [`the header ${name}`, 'extraHeaders', { extraHeaders: { [name]: 'CANARY' } }] as const,
  ),
  ...['grant_type', 'client_id', 'client_secret', 'client_assertion', 'scope', 'audience', 'resource'].map(
    (name) => [`the parameter ${name}`, 'extraParams', { extraParams: { [name]: 'CANARY' } }] as const,
  ),
  ...(['refreshOffsetMs', 'jitterMaxMs', 'minRefreshPeriodMs', 'defaultTtlMs', 'acquireTimeoutMs'] as const).flatMap(
    (field) =>
      ([-1, Number.NaN, Infinity, '5', true, 5n] as const).map(
        (value) => [`${typeof value} ${String(value)} for ${field}`, field, untyped({ [field]: value })] as const,
      ),
  ),
];

test.each<Wrong>(wrong)('%s is a CONFIG error in %s before anything is sent', async (_, field, changes) => {
  const issuer = fakeIssuer();

  const error = (await Token.create(configFor(issuer, changes))).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field, retryable: false });
  expect(error.message.startsWith(field)).toBe(true);
  expect(error).toHideSecrets(canary);
  expect(issuer.asked.length + issuer.discoveries).toBe(0);
});

test.each(['http://127.0.0.1:8080/token', 'http://localhost/token', 'http://[::1]:1/token'])(
  'http is allowed on loopback: %s',
  (endpoint) => {
    expect(readTokenConfig(configFor(fakeIssuer(), { tokenEndpoint: endpoint })).isOk()).toBe(true);
  },
);

test('http beyond loopback is allowed with insecureHttp, and no other scheme is', () => {
  const read = (endpoint: string) =>
    readTokenConfig(configFor(fakeIssuer(), { tokenEndpoint: endpoint, insecureHttp: true }));

  expect(read('http://as.internal/token').isOk()).toBe(true);
  expect(read('ftp://as.internal/token').isErr()).toBe(true);
});

test('an endpoint may have a query', () => {
  const config = configFor(fakeIssuer(), { tokenEndpoint: `${tokenEndpoint}?tenant=a` });

  expect(readTokenConfig(config).unwrap().server).toEqual({ tokenEndpoint: `${tokenEndpoint}?tenant=a` });
});

test('the defaults are the documented ones', () => {
  const settings = readTokenConfig(configFor(fakeIssuer())).unwrap();

  expect(settings).toMatchObject({
    refreshOffsetMs: 1_800_000,
    jitterMaxMs: 300_000,
    minRefreshPeriodMs: 10_000,
    defaultTtlMs: 300_000,
    acquireTimeoutMs: 30_000,
    isLazy: false,
    insecureHttp: false,
    scopes: [],
  });
});

test('changing the config afterwards has no effect', async () => {
  const issuer = fakeIssuer();
  const scopes = ['a'];
  const resource = ['https://r.test'];
  const extraParams: Record<string, string> = { tenant: 't1' };
  const extraHeaders: Record<string, string> = { 'x-tenant': 't1' };
  const config = { ...configFor(issuer, { scopes, resource, extraParams, extraHeaders, start: 'lazy' }) };
  const token = (await Token.create(config)).unwrap();

  scopes.push('b');
  resource.push('https://other.test');
  extraParams.tenant = 't2';
  extraHeaders['x-tenant'] = 't2';
  Object.assign(config, { clientId: 'other', clientSecret: 'other', tokenEndpoint: 'https://evil.example' });
  await token.get();

  const { params, headers, url } = issuer.asked[0] ?? {};
  expect(params?.getAll('scope')).toEqual(['a']);
  expect(params?.getAll('resource')).toEqual(['https://r.test']);
  expect(params?.get('tenant')).toBe('t1');
  expect(headers?.get('x-tenant')).toBe('t1');
  expect(headers?.get('authorization')).toBe(`Basic ${btoa(`svc:${clientSecret}`)}`);
  expect(url).toBe(tokenEndpoint);
});

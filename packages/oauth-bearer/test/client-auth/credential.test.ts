import { generateKeyPairSync } from 'node:crypto';
import { fakeIssuer, faults } from '@bearings/testing';
import type { FakeIssuer, RegisteredClient } from '@bearings/testing';
import '@bearings/testing/vitest';
import { expect, test } from 'vitest';
import type { CredentialConfig } from '../../src/client-auth/credential.ts';
import { fetchToken } from '../../src/token/fetch-token.ts';
import { configFor } from '../create-token.ts';

const clientSecret = 'cs_CANARY %&+£€:/?';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const withKey: RegisteredClient = { clientId: 'svc', publicKey: publicKey.export({ format: 'jwk' }) };

/** An issuer that knows one client, and lists these methods in its metadata. */
function createIssuer(client: RegisteredClient, methods?: readonly string[]): FakeIssuer {
  const issuer = fakeIssuer({ clients: [client] });
  issuer.inject(faults.member('token_endpoint_auth_methods_supported', methods), { on: 'metadata' });
  return issuer;
}

/** What plain JavaScript, or a config file, may hand over. */
const untyped = (changes: Readonly<Record<string, unknown>>): CredentialConfig => changes;

const tokenRequests = (issuer: FakeIssuer) => issuer.requests.filter(({ endpoint }) => endpoint === 'token');

test.each(['client_secret_basic', 'client_secret_post'] as const)(
  'a secret of any characters arrives unchanged, by %s',
  async (clientAuthMethod) => {
    const issuer = createIssuer({ clientId: 'svc:one +%', clientSecret });

    const answer = await fetchToken(configFor(issuer, { clientAuthMethod }));

    expect(answer.isOk()).toBe(true);
  },
);

test('with client_secret_basic the secret is in the header and not in the body', async () => {
  const issuer = createIssuer({ clientId: 'svc', clientSecret });

  await fetchToken(configFor(issuer));

  const [asked] = tokenRequests(issuer);
  expect(asked?.header('authorization')).toMatch(/^Basic /);
  expect(['client_id', 'client_secret'].flatMap((name) => asked?.params(name))).toEqual([]);
});

test('with basicEncoding raw the server gets id and secret unencoded', async () => {
  const headers: (string | null)[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    headers.push(new Request(input, init).headers.get('authorization'));
    return Response.json({ access_token: 'at', token_type: 'Bearer', expires_in: 60 });
  };
  const config = { tokenEndpoint: 'https://as.example/token', clientId: 'svc one', clientSecret: 'a+b:c%20é', fetch };

  await fetchToken({ ...config, basicEncoding: 'raw' });
  await fetchToken(config);

  const [raw, form] = headers.map((header) => Buffer.from(header?.split(' ')[1] ?? '', 'base64').toString());
  expect(raw).toBe('svc one:a+b:c%20é');
  expect(form).toBe('svc+one:a%2Bb%3Ac%2520%C3%A9');
});

test('a public client sends its id and no credential', async () => {
  const issuer = createIssuer({ clientId: 'svc' });

  const answer = await fetchToken(configFor(issuer, { clientAuthMethod: 'none', clientSecret: undefined }));

  const [asked] = tokenRequests(issuer);
  expect(answer.isOk()).toBe(true);
  expect(asked?.params('client_id')).toEqual(['svc']);
  expect(asked?.header('authorization')).toBeUndefined();
  expect(asked?.params('client_secret')).toEqual([]);
});

test('a private key implies private_key_jwt', async () => {
  const issuer = createIssuer(withKey);

  const answer = await fetchToken(configFor(issuer, { clientSecret: undefined, privateKey: pem }));

  const [asked] = tokenRequests(issuer);
  expect(answer.isOk()).toBe(true);
  expect(asked?.params('client_id')).toEqual(['svc']);
  expect(asked?.params('client_assertion_type')).toEqual(['urn:ietf:params:oauth:client-assertion-type:jwt-bearer']);
  expect(asked?.header('authorization')).toBeUndefined();
});

test.each<[readonly string[] | undefined, 'header' | 'body']>([
  [undefined, 'header'],
  [['client_secret_basic', 'client_secret_post'], 'header'],
  [['client_secret_post', 'client_secret_basic'], 'header'],
  [['private_key_jwt', 'client_secret_post'], 'body'],
])('at a server that supports %j, a secret goes into the %s', async (methods, where) => {
  const issuer = createIssuer({ clientId: 'svc', clientSecret }, methods);

  await fetchToken(configFor(issuer));

  const [asked] = tokenRequests(issuer);
  expect(asked?.header('authorization') === undefined).toBe(where === 'body');
  expect(asked?.params('client_secret')).toEqual(where === 'body' ? [clientSecret] : []);
});

test.each<[string, CredentialConfig, readonly string[]]>([
  ['a secret', { clientSecret }, ['private_key_jwt', 'none']],
  ['client_secret_post', { clientSecret, clientAuthMethod: 'client_secret_post' }, ['client_secret_basic']],
  ['a key', { privateKey: pem }, ['client_secret_basic', 'client_secret_post']],
  ['none', { clientAuthMethod: 'none' }, ['client_secret_basic']],
])(
  '%s at a server that does not support it is a CONFIG error, and no credential is sent',
  async (_, given, methods) => {
    const issuer = createIssuer({ clientId: 'svc', clientSecret }, methods);

    const error = (await fetchToken(configFor(issuer, { clientSecret: undefined, ...given }))).unwrapErr();

    expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field: 'clientAuthMethod' });
    for (const method of methods) expect(error.message).toContain(method);
    expect(issuer.counts.token).toBe(0);
  },
);

test.each<[string, string, CredentialConfig & { readonly clientId?: string }]>([
  ['a secret and a key', 'clientSecret', { clientSecret, privateKey: pem }],
  ['neither secret nor key', 'clientSecret', {}],
  ['none with a secret', 'clientAuthMethod', { clientAuthMethod: 'none', clientSecret }],
  ['none with a key', 'clientAuthMethod', { clientAuthMethod: 'none', privateKey: pem }],
  ['private_key_jwt with a secret', 'privateKey', { clientAuthMethod: 'private_key_jwt', clientSecret }],
  ['client_secret_basic with a key', 'clientSecret', { clientAuthMethod: 'client_secret_basic', privateKey: pem }],
  ['client_secret_post without a secret', 'clientSecret', { clientAuthMethod: 'client_secret_post' }],
  ['a method that there is not', 'clientAuthMethod', untyped({ clientAuthMethod: 'client_secret_jwt', clientSecret })],
  ['an encoding that there is not', 'basicEncoding', untyped({ basicEncoding: 'base64', clientSecret })],
  ['a raw id with a colon', 'clientId', { basicEncoding: 'raw', clientId: 'svc:one', clientSecret }],
])('%s is a CONFIG error in %s before anything is sent', async (_, field, given) => {
  const issuer = createIssuer({ clientId: 'svc' });

  const error = (await fetchToken(configFor(issuer, { clientSecret: undefined, ...given }))).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field, retryable: false });
  expect(error).toHideSecrets([clientSecret, pem]);
  expect(issuer.requests).toEqual([]);
});

test.each<[string, string]>([
  ['the secret', 'cs_CANARY_9f3a'],
  ['the header', `Basic ${btoa('svc:cs_CANARY_9f3a')}`],
  ['what is in the header', btoa('svc:cs_CANARY_9f3a')],
])('an error does not show %s that the server repeats', async (_, words) => {
  const issuer = createIssuer({ clientId: 'svc', clientSecret: 'cs_CANARY_9f3a' });
  const body = { error: 'invalid_client', error_description: `not known: ${words}` };
  issuer.inject(faults.status(401, { body }));

  const error = (await fetchToken(configFor(issuer))).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_HTTP', oauthError: 'invalid_client' });
  expect(error).toHideSecrets('cs_CANARY_9f3a');
});

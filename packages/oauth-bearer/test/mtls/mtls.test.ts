import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import type { Stage } from '@bearings/client/layer';
import { virtualClock } from '@bearings/testing';
import { withUndici } from '@bearings/undici';
import { decodeJwt, exportJWK } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { caught } from '../../../client/test/caught.ts';
import { createCertificate } from '../../../testing/src/server/certificate.ts';
import { fetchToken, Token, withBearerAuth } from '../../src/index.ts';
import type { TokenConfig } from '../../src/index.ts';
import { TokenEndpoint } from '../../src/sources/token-endpoint.ts';
import { memoryTokenStore } from '../../src/store/index.ts';
import { authority, issue, otherAuthority, startApi, startProvider, thumbprint } from './mtls-servers.ts';

const [mine, next] = [await issue('orders.test'), await issue('orders.test')];
const byAuthority = { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_san_dns: 'orders.test' } as const;
const bound = { tls_client_certificate_bound_access_tokens: true };
const resource = 'https://orders.test/';

const networkWith = (pair: { readonly cert: string; readonly key: string }) =>
  withUndici({ tls: { ca: authority.cert, cert: pair.cert, key: pair.key } });

const neverSent = (): Promise<never> => Promise.reject(new Error('a request was sent'));

const boundTo = (token: string): unknown => Object(decodeJwt(token)['cnf'])['x5t#S256'];

test('a certificate of an authority authenticates the client at the alias, which binds the token to it', async () => {
  await using provider = await startProvider({ ...byAuthority, ...bound });
  await using api = await startApi(provider);
  await using network = networkWith(mine);
  const client = { issuerUrl: provider.url, clientId: 'orders', clientAuthMethod: 'tls_client_auth', network } as const;
  await using token = (await Token.create({ ...client, resource, certificateBoundTokens: true })).unwrap();
  await using orders = createClient({ baseUrl: api.url }, network, withBearerAuth(token));

  expect((await orders.get('')).status).toBe(200);
  expect(boundTo(token.read().unwrap().secret.expose())).toBe(thumbprint(mine));
  expect(provider.requests).toMatchObject([{ isAlias: true, status: 200, hasAuthorization: false }]);
  expect([...(provider.requests[0]?.params.keys() ?? [])].toSorted()).toEqual(['client_id', 'grant_type', 'resource']);
});

test('a registered self-signed certificate authenticates the client, without an authority', async () => {
  const own = await createCertificate(['self.test']);
  const { publicKey, raw } = new X509Certificate(own.cert);
  const jwk = { ...(await exportJWK(publicKey)), x5c: [raw.toString('base64')] };
  const client = { token_endpoint_auth_method: 'self_signed_tls_client_auth', jwks: { keys: [jwk] } } as const;
  await using provider = await startProvider(client);
  const config = { issuerUrl: provider.url, clientId: 'orders', clientAuthMethod: client.token_endpoint_auth_method };
  await using network = networkWith(own);
  await using other = networkWith(mine);

  expect((await fetchToken({ ...config, network })).isOk()).toBe(true);
  const error = (await fetchToken({ ...config, network: other })).unwrapErr();
  expect(error).toMatchObject({ code: 'TOKEN_HTTP', oauthError: 'invalid_client', kind: 'permanent' });
  expect(error.message).toContain("client certificate of network (tls.cert): the server must have it in this client's");
});

const jwtClient = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' };
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    registered: {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [jwk] },
    } as const,
  };
};
const fapi = { features: { fapi: { enabled: true, profile: '2.0' } } } as const;

test.each([
  ['a certificate, and tokens bound to it', byAuthority, { clientAuthMethod: 'tls_client_auth' }, 'certificate'],
  ['a signed assertion, and tokens bound to a certificate', undefined, {}, 'certificate'],
  ['a signed assertion, and DPoP', undefined, {}, 'dpop'],
  ['a certificate, and DPoP', byAuthority, { clientAuthMethod: 'tls_client_auth' }, 'dpop'],
] as const)('FAPI 2.0 over TLS with %s', async (...[, registration, method, binding]) => {
  const { privateKey, registered } = jwtClient();
  const isDpop = binding === 'dpop';
  const binds = isDpop ? { dpop_bound_access_tokens: true } : bound;
  await using provider = await startProvider({ ...(registration ?? registered), ...binds }, fapi);
  await using network = networkWith(mine);
  const config: TokenConfig = {
    profile: 'fapi2',
    issuerUrl: provider.url,
    clientId: 'orders',
    resource,
    network,
    ...(registration === undefined ? { privateKey } : method),
    ...(isDpop ? { dpop: true } : { certificateBoundTokens: true }),
  };

  await using token = (await Token.create(config)).unwrap();

  const { secret, scheme, isCertificateBound } = token.read().unwrap();
  expect(scheme).toBe(isDpop ? 'DPoP' : 'Bearer');
  expect(isCertificateBound).toBe(!isDpop);
  expect(boundTo(secret.expose())).toBe(isDpop ? undefined : thumbprint(mine));
  expect(provider.requests.every(({ isAlias }) => isAlias === (registration !== undefined || !isDpop))).toBe(true);
});

test('certificate files that change are used by the next token request, and no call fails', async () => {
  const path = await mkdtemp(join(tmpdir(), 'bearings-'));
  onTestFinished(() => rm(path, { recursive: true }));
  const [cert, key] = [join(path, 'tls.crt'), join(path, 'tls.key')];
  const write = (pair: typeof mine) => Promise.all([writeFile(cert, pair.cert), writeFile(key, pair.key)]);
  await write(mine);
  const clock = virtualClock();
  await using provider = await startProvider({ ...byAuthority, ...bound });
  await using api = await startApi(provider);
  const tls = { ca: authority.cert, cert: { file: cert }, key: { file: key } };
  await using network = withUndici({ clock, tls });
  const client = { issuerUrl: provider.url, clientId: 'orders', clientAuthMethod: 'tls_client_auth', network } as const;
  await using token = (await Token.create({ ...client, resource, certificateBoundTokens: true })).unwrap();
  await using orders = createClient({ baseUrl: api.url }, network, withBearerAuth(token));
  await orders.get('').text();

  await write(next);
  await clock.advance(10_000);
  expect((await orders.get('')).status).toBe(200);

  expect(api.seen).toEqual([
    [200, thumbprint(mine)],
    [401, thumbprint(next)],
    [200, thumbprint(next)],
  ]);
  expect(boundTo(token.read().unwrap().secret.expose())).toBe(thumbprint(next));
});

test.each([
  ['of an authority that the server does not trust', { by: otherAuthority }],
  ['that has expired', { endsAt: Date.now() - 1_000 }],
])('a certificate %s is named as the cause', async (_, options) => {
  await using provider = await startProvider(byAuthority);
  await using network = networkWith(await issue('orders.test', options));
  const clientAuthMethod = 'tls_client_auth';

  const config = { issuerUrl: provider.url, clientId: 'orders', clientAuthMethod, network } as const;
  const error = (await fetchToken(config)).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_HTTP', oauthError: 'invalid_client', kind: 'permanent' });
  expect(error.message).toContain('Check clientId and the client certificate of network (tls.cert): its subject');
});

test.each(['TLSv1.2', 'TLSv1.3'])(
  'a server that refuses the certificate in the handshake of %s',
  async (maxVersion) => {
    await using provider = await startProvider(byAuthority, { tls: { rejectUnauthorized: true, maxVersion } });
    await using network = networkWith(await issue('orders.test', { by: otherAuthority }));
    const clientAuthMethod = 'tls_client_auth';

    const config = { issuerUrl: provider.url, clientId: 'orders', clientAuthMethod, network } as const;
    const error = (await fetchToken(config)).unwrapErr();

    expect(error.code).toBe('TOKEN_UNAVAILABLE');
    expect(error.message).toContain('check the client certificate of network (tls.cert, with its intermediates)');
  },
);

test.each([
  [116, 'the server requires a client certificate'],
  [48, 'the server does not trust the issuer of the client certificate'],
  [42, 'the server refused the client certificate'],
  [45, 'the client certificate has expired'],
])('alert %i of the server is an error that names the certificate: %s', async (alert, words) => {
  const server = createServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, alert])));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const tokenEndpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  await using network = networkWith(mine);

  const config = { tokenEndpoint, clientId: 'orders', clientAuthMethod: 'tls_client_auth', network } as const;
  const error = (await fetchToken(config)).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_UNAVAILABLE', kind: 'permanent', cause: { code: 'TLS' } });
  expect(error.message).toContain(`no trusted TLS connection: ${words}: `);
  expect(error.message).toContain('Check the client certificate of network (tls.cert');
});

test('a token that the server did not bind is refused', async () => {
  await using provider = await startProvider(byAuthority);
  await using network = networkWith(mine);
  const client = { issuerUrl: provider.url, clientId: 'orders', clientAuthMethod: 'tls_client_auth', network } as const;

  const error = (await fetchToken({ ...client, resource, certificateBoundTokens: true })).unwrapErr();

  expect(error).toMatchObject({ code: 'UNSUPPORTED_TOKEN_TYPE', kind: 'permanent' });
  expect(error.message).toContain('not bound to the client certificate: it has no cnf.x5t#S256');
});

test.each([
  [
    'another certificate',
    'OF_THE_PROXY',
    'INVALID_TOKEN_RESPONSE',
    'the certificate OF_THE_PROXY, and the client certificate is A or B',
  ],
  ['a text that is no thumbprint', '\u001B[2J', 'INVALID_TOKEN_RESPONSE', 'bound to another certificate, and'],
  ['nothing', '', 'UNSUPPORTED_TOKEN_TYPE', 'no cnf.x5t#S256'],
  ['the certificate before the request', 'A', undefined, ''],
  ['the certificate after the request', 'B', undefined, ''],
])('a token that is bound to %s, while the certificate is replaced', async (...[, x5t, code, message]) => {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const access = `${encode({ alg: 'none' })}.${encode({ cnf: { 'x5t#S256': x5t } })}.x`;
  let certificate = 'A';
  const answer: Stage = () => async () => {
    certificate = 'B';
    return Response.json({ access_token: access, token_type: 'Bearer', expires_in: 60 });
  };
  const network = { ...layer('transport', 'scripted', answer), clientCertificate: async () => certificate };
  const client = {
    tokenEndpoint: 'https://id.example/t',
    clientId: 'orders',
    clientAuthMethod: 'tls_client_auth',
  } as const;

  const fetched = await fetchToken({ ...client, certificateBoundTokens: true, network });

  const error = fetched.isErr() ? fetched.error : undefined;
  expect(error?.code).toBe(code);
  expect(error?.message ?? '').toContain(message);
});

const unreadable = (): Promise<never> => Promise.reject(new Error('EACCES /run/secrets/tls_CANARY.key'));

test('a certificate that cannot be read before a token request is an error without what was read', async () => {
  const network = { ...layer('transport', 'scripted', () => neverSent), clientCertificate: unreadable };
  const client = { tokenEndpoint: 'https://id.example/t', clientId: 'orders', network } as const;

  const errors = [
    (await fetchToken({ ...client, clientAuthMethod: 'tls_client_auth' })).unwrapErr(),
    (await fetchToken({ ...client, clientAuthMethod: 'none', certificateBoundTokens: true })).unwrapErr(),
  ];

  expect(errors.map(({ code }) => code)).toEqual(['TOKEN_UNAVAILABLE', 'TOKEN_UNAVAILABLE']);
  expect(JSON.stringify(errors) + String(errors)).not.toContain('CANARY');
});

test.each([
  ['the certificate before the request', 'A', undefined],
  ['another certificate', 'B', 'INVALID_TOKEN_RESPONSE'],
])('a certificate that cannot be read after a request: a token that is bound to %s', async (...[, x5t, code]) => {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const access_token = `${encode({ alg: 'none' })}.${encode({ cnf: { 'x5t#S256': x5t } })}.x`;
  let read: () => Promise<string> = async () => 'A';
  const answer: Stage = () => async () => {
    read = unreadable;
    return Response.json({ access_token, refresh_token: 'rt_2', token_type: 'Bearer', expires_in: 60 });
  };
  const network = { ...layer('transport', 'scripted', answer), clientCertificate: () => read() };
  const client = { tokenEndpoint: 'https://id.example/t', clientId: 'app', clientAuthMethod: 'none', network } as const;
  const endpoint = TokenEndpoint.create({ ...client, certificateBoundTokens: true }).unwrap();

  const refreshed = await endpoint.request({
    params: [['grant_type', 'refresh_token']],
    retry: 'once',
    scopes: [],
    signal: new AbortController().signal,
    isProbe: false,
  });

  expect(refreshed.isErr() ? refreshed.error.code : undefined).toBe(code);
  if (code === undefined) expect(refreshed.unwrap().extras?.refreshToken?.expose()).toBe('rt_2');
});

test('a server that does not issue bound tokens gets no request for one', async () => {
  await using provider = await startProvider(jwtClient().registered, { issuesBoundTokens: false });
  await using network = networkWith(mine);
  const { privateKey } = jwtClient();

  const config = { issuerUrl: provider.url, clientId: 'orders', privateKey, network, certificateBoundTokens: true };
  const error = (await fetchToken(config)).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field: 'certificateBoundTokens' });
  expect(error.message).toContain('its metadata has no tls_client_certificate_bound_access_tokens');
  expect(provider.requests).toEqual([]);
});

test('an alias that is not https is refused', async () => {
  const discovery = { mtls_endpoint_aliases: { token_endpoint: 'http://127.0.0.1:1/token' } };
  await using provider = await startProvider(byAuthority, { discovery });
  await using network = networkWith(mine);

  const client = { issuerUrl: provider.url, clientId: 'orders', clientAuthMethod: 'tls_client_auth', network } as const;
  const error = (await fetchToken(client)).unwrapErr();

  expect(error).toMatchObject({ code: 'INVALID_TOKEN_RESPONSE' });
  expect(error.message).toContain('mtls_endpoint_aliases.token_endpoint is not an https URL');
});

test('a client over a network without a certificate does not send a token that is bound to one', async () => {
  await using provider = await startProvider({ ...byAuthority, ...bound });
  await using api = await startApi(provider);
  await using network = networkWith(mine);
  await using plain = withUndici({ tls: { ca: authority.cert } });
  const client = { issuerUrl: provider.url, clientId: 'orders', clientAuthMethod: 'tls_client_auth', network } as const;
  await using token = (await Token.create({ ...client, resource, certificateBoundTokens: true })).unwrap();

  for (const transport of [[plain], []]) {
    await using orders = createClient({ baseUrl: api.url }, ...transport, withBearerAuth(token));
    const error = await caught(() => orders.get(''));

    expect(error).toMatchObject({ code: 'CONFIG', field: 'network' });
    expect(error.message).toContain('bound to a client certificate, and this client has none');
  }
  expect(api.seen).toEqual([]);
});

test('replicas share a bound token when their certificate is the same, and not with another one', async () => {
  await using provider = await startProvider({ ...byAuthority, ...bound });
  const store = memoryTokenStore();
  const storeKeys = { current: 'a', keys: { a: new Uint8Array(32).fill(1) } };
  const start = async (pair: typeof mine): Promise<Token> => {
    const network = networkWith(pair);
    onTestFinished(() => network.destroy());
    const client = { issuerUrl: provider.url, clientId: 'orders', clientAuthMethod: 'tls_client_auth' } as const;
    const config = { ...client, network, resource, certificateBoundTokens: true, store, storeKeys };
    const token = (await Token.create(config)).unwrap();
    onTestFinished(() => token.close());
    return token;
  };

  const [one, same, other] = [await start(mine), await start(mine), await start(next)];

  expect(provider.requests.length).toBe(2);
  expect(same.read().unwrap().secret.expose()).toBe(one.read().unwrap().secret.expose());
  expect(same.read().unwrap().isCertificateBound).toBe(true);
  expect(boundTo(other.read().unwrap().secret.expose())).toBe(thumbprint(next));
});

test('replicas with the old certificate do not get a token that was bound to the new one while it came into use', async () => {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const issueFor = (x5t: string): Response => {
    const access_token = `${encode({ alg: 'none' })}.${encode({ cnf: { 'x5t#S256': x5t } })}.x`;
    return Response.json({ access_token, token_type: 'Bearer', expires_in: 3_600 });
  };
  const certificates = { rotating: 'OLD', other: 'OLD' };
  const config = (replica: keyof typeof certificates): TokenConfig => {
    const answer: Stage = () => async () => {
      certificates.rotating = 'NEW';
      return issueFor(certificates[replica]);
    };
    const network = {
      ...layer('transport', 'scripted', answer),
      clientCertificate: async () => certificates[replica],
    };
    const client = { tokenEndpoint: 'https://id.example/t', clientId: 'orders' } as const;
    return { ...client, clientAuthMethod: 'tls_client_auth', certificateBoundTokens: true, network, store, storeKeys };
  };
  const store = memoryTokenStore();
  const storeKeys = { current: 'a', keys: { a: new Uint8Array(32).fill(1) } };

  const [rotating, other] = [await fetchToken(config('rotating')), await fetchToken(config('other'))];

  expect(boundTo(rotating.unwrap().secret.expose())).toBe('NEW');
  expect(boundTo(other.unwrap().secret.expose())).toBe('OLD');
});

test('the private key of the certificate is in no error', async () => {
  await using provider = await startProvider(byAuthority);
  const wrong = await issue('another.test');
  await using network = networkWith(wrong);

  const client = { issuerUrl: provider.url, clientId: 'orders', clientAuthMethod: 'tls_client_auth', network } as const;
  const error = (await fetchToken(client)).unwrapErr();

  const { d = 'missing' } = createPrivateKey(wrong.key).export({ format: 'jwk' });
  expect(JSON.stringify(error) + String(error.stack)).not.toContain(d);
});

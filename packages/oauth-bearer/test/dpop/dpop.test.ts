import { inspect } from 'node:util';
import { generateKeyPairSync } from 'node:crypto';
import type { webcrypto } from 'node:crypto';
import { createClient } from '@bearings/client';
import { virtualClock } from '@bearings/testing';
import { calculateJwkThumbprint, EmbeddedJWK, exportJWK, jwtVerify } from 'jose';
import { expect, onTestFinished, test, vi } from 'vitest';
import { DpopKey } from '../../src/dpop/dpop-key.ts';
import { withBearerAuth } from '../../src/layer/bearer.ts';
import { TokenEndpoint } from '../../src/sources/token-endpoint.ts';
import { memoryTokenStore } from '../../src/store/memory-token-store.ts';
import { Token } from '../../src/token/token.ts';
import { readTokenConfig } from '../../src/token/token-config.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';
import { proofThumbprint, startApi, startProvider } from './dpop-servers.ts';

const credentials = { clientId: 'orders', clientSecret: 'orders-secret', scopes: ['orders.read'], dpop: true } as const;

const create = async (issuerUrl: string, changes: Partial<TokenConfig> = {}): Promise<Token> =>
  (await Token.create({ issuerUrl, ...credentials, ...changes })).unwrap();

test('a server that demands nonces is asked once more for the first token, and never again', async () => {
  await using provider = await startProvider();
  await using token = await create(provider.url);

  const second = (await token.invalidate()).unwrap();

  expect(second.authorization()).toMatch(/^DPoP /);
  expect(provider.statuses).toEqual([400, 200, 200]);
});

test('an API that demands nonces costs one replay, and the token stays', async () => {
  await using provider = await startProvider();
  await using api = await startApi({ nonce: () => 'n1' });
  await using token = await create(provider.url);
  const client = createClient({ baseUrl: api.url }, withBearerAuth(token));

  await client.get('orders?page=1');
  await client.post('orders', { json: { id: 1 } });

  expect(api.seen.map(({ status }) => status)).toEqual([401, 200, 200]);
  expect(new Set(api.seen.map(({ jti }) => jti)).size).toBe(3);
  expect(token.status().generation).toBe(1);
});

test('when every response changes the nonce, 200 calls at once all succeed', async () => {
  await using provider = await startProvider();
  let issued = 0;
  const known = new Set<string>();
  const nonce = (): string => {
    const made = `n${(issued += 1)}`;
    known.add(made);
    return made;
  };
  // each nonce is accepted once
  await using api = await startApi({ nonce, acceptsNonce: (given) => given !== undefined && known.delete(given) });
  await using token = await create(provider.url);
  const client = createClient({ baseUrl: api.url, retry: 0 }, withBearerAuth(token));

  const statuses = await Promise.all(Array.from({ length: 200 }, async () => (await client.fetch('/orders')).status));

  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  expect(token.status().generation).toBe(1);
});

test('retries, replays and redirects have proofs of their own for their own addresses', async () => {
  await using provider = await startProvider();
  let failures = 1;
  await using api = await startApi({
    respond: ({ url }) => {
      if (url === '/old') return { status: 307, location: '/new?x=1' };
      return failures-- > 0 ? { status: 503 } : undefined;
    },
  });
  await using token = await create(provider.url);
  const client = createClient({ baseUrl: api.url, retry: { limit: 1, backoffLimit: 1 } }, withBearerAuth(token));

  await client.get('old');

  expect(api.seen.map(({ htu }) => htu.slice(api.url.length))).toEqual(['/old', '/new', '/old', '/new']);
  expect(new Set(api.seen.map(({ jti }) => jti)).size).toBe(4);
  expect(api.seen.every(({ status }) => status === 200)).toBe(true);
});

test('a rejected token is rotated, and the replay is signed for the new token', async () => {
  await using provider = await startProvider();
  await using token = await create(provider.url);
  const first = (await token.get()).unwrap();
  await using api = await startApi({ nonce: () => 'n1', rejected: new Set([first.secret.expose()]) });
  const client = createClient({ baseUrl: api.url }, withBearerAuth(token));

  await client.get('orders');

  expect(api.seen.map(({ status }) => status)).toEqual([401, 401, 200]); // nonce, token, right
  expect(token.status().generation).toBe(2);
});

test('a token that is rejected when the nonce is right is rotated at once', async () => {
  await using provider = await startProvider();
  await using token = await create(provider.url);
  const rejected = new Set<string>();
  await using api = await startApi({ nonce: () => 'n1', rejected });
  const client = createClient({ baseUrl: api.url }, withBearerAuth(token));
  await client.get('orders');
  rejected.add((await token.get()).unwrap().secret.expose());

  await client.get('orders');

  expect(api.seen.map(({ status }) => status)).toEqual([401, 200, 401, 200]);
});

test('an error of the token endpoint with a nonce that is about something else is not asked again', async () => {
  let requests = 0;
  const fetch = async (): Promise<Response> => {
    requests += 1;
    return Response.json({ error: 'invalid_scope' }, { status: 400, headers: { 'dpop-nonce': 'n1' } });
  };

  const created = await Token.create({ tokenEndpoint: 'https://id.example/token', ...credentials, fetch });

  expect(created.unwrapErr()).toMatchObject({ code: 'TOKEN_HTTP', oauthError: 'invalid_scope' });
  expect(requests).toBe(1);
});

test('an API that asks for nonces for ever gets two requests, and the caller its 401', async () => {
  await using provider = await startProvider();
  await using api = await startApi({ nonce: () => 'n1', acceptsNonce: () => false });
  await using token = await create(provider.url);
  const client = createClient({ baseUrl: api.url }, withBearerAuth(token));

  const { status } = await client.fetch('/orders');

  expect([status, api.seen.length, token.status().generation]).toEqual([401, 2, 1]);
});

test('a server without DPoP in its metadata gets no token request', async () => {
  await using provider = await startProvider(false);

  const error = (await Token.create({ issuerUrl: provider.url, ...credentials })).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field: 'dpop', kind: 'permanent' });
  expect(error.message).toContain('its metadata has no dpop_signing_alg_values_supported');
  expect(provider.statuses).toEqual([]);
});

test('a server that learns DPoP is asked for a token without a restart', async () => {
  let algorithms: unknown = [];
  const issuerUrl = 'https://id.example';
  const fetch: typeof globalThis.fetch = async (input, init) =>
    new Request(input, init).method === 'GET'
      ? Response.json({
          issuer: issuerUrl,
          token_endpoint: `${issuerUrl}/t`,
          dpop_signing_alg_values_supported: algorithms,
        })
      : Response.json({ access_token: 'at', token_type: 'DPoP', expires_in: 60 });
  const clock = virtualClock();
  const endpoint = TokenEndpoint.create({ issuerUrl, ...credentials, fetch, clock }).unwrap();
  const request = {
    params: [],
    scopes: [],
    retry: 'safe',
    signal: new AbortController().signal,
    isProbe: false,
  } as const;
  const ask = () => endpoint.request({ ...request, params: [['grant_type', 'client_credentials']] });

  const before = await ask();
  algorithms = ['ES256'];
  await clock.advance(60_000);
  const after = await ask();

  expect([before.isErr(), after.unwrap().scheme]).toEqual([true, 'DPoP']);
});

test('before a token is requested, the server is found by the same rule, with one request per minute', async () => {
  let [path, algorithms, documents] = ['t1', [] as readonly string[], 0];
  const issuerUrl = 'https://id.example';
  const fetch: typeof globalThis.fetch = async () => {
    documents += 1;
    return Response.json({
      issuer: issuerUrl,
      token_endpoint: `${issuerUrl}/${path}`,
      dpop_signing_alg_values_supported: algorithms,
    });
  };
  const clock = virtualClock();
  const endpoint = TokenEndpoint.create({ issuerUrl, ...credentials, fetch, clock }).unwrap();
  const find = () => endpoint.server({ isDpop: true });

  const first = [await find(), await find(), await endpoint.server()];
  path = 't2';
  await clock.advance(60_000);
  const moved = await find();
  algorithms = ['ES256'];
  await clock.advance(60_000);
  const found = await Promise.all([find(), find()]);
  await clock.advance(7 * 24 * 3_600_000);
  found.push(await find());

  const refused = { code: 'TOKEN_CONFIG', field: 'dpop' };
  expect([first[0]?.unwrapErr(), first[1]?.unwrapErr(), moved.unwrapErr()]).toMatchObject([refused, refused, refused]);
  expect(first[2]?.unwrap().tokenEndpoint).toBe('https://id.example/t1');
  expect(found.map((each) => each.unwrap().tokenEndpoint)).toEqual(Array(3).fill('https://id.example/t2'));
  expect(documents).toBe(3);
});

test('a Bearer token in answer to a proof is refused by name', async () => {
  await using provider = await startProvider(false);

  const created = await Token.create({ tokenEndpoint: `${provider.url}/token`, ...credentials });

  expect(created.unwrapErr()).toMatchObject({ code: 'UNSUPPORTED_TOKEN_TYPE', message: expect.stringMatching(/DPoP/) });
});

test('a redirect to another origin carries neither token nor proof', async () => {
  await using provider = await startProvider();
  await using other = await startApi();
  await using api = await startApi({ respond: () => ({ status: 307, location: `${other.url}/x` }) });
  await using token = await create(provider.url);
  const redirects = { origins: [other.url] };
  const client = createClient({ baseUrl: api.url, redirects }, withBearerAuth(token));

  const { status } = await client.fetch('/orders');

  expect([status, other.seen]).toEqual([401, []]); // the proof would be in `seen`
});

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const privateKey = pair.privateKey.export({ format: 'jwk' });

test('a given key signs, and its private part is shown nowhere', async () => {
  await using provider = await startProvider();
  await using token = await create(provider.url, { dpop: { privateKey } });
  const access = (await token.get()).unwrap();
  const key = access.dpopKey();
  const proof = String(await key?.sign({ url: 'https://api.example/a?b#c', method: 'GET' }));

  const shown = [token, access, key].flatMap((each) => [
    inspect(each, { depth: Infinity, showHidden: true }),
    JSON.stringify(each),
  ]);

  expect(await proofThumbprint(proof)).toBe(await calculateJwkThumbprint(await exportJWK(pair.publicKey)));
  expect(key?.thumbprint).toBe(await proofThumbprint(proof));
  expect([...shown, proof, inspect(structuredClone(key))].join()).not.toContain(privateKey.d);
});

test('a generated key cannot be exported, and what is printed, written as JSON or cloned contains no key', async () => {
  const generate = vi.spyOn(crypto.subtle, 'generateKey');
  onTestFinished(() => generate.mockRestore());
  await using provider = await startProvider();
  await using token = await create(provider.url);
  const access = (await token.get()).unwrap();
  const made: unknown = await generate.mock.results[0]?.value;
  const { privateKey: generated } = made as webcrypto.CryptoKeyPair;

  const exports = await Promise.allSettled([
    crypto.subtle.exportKey('jwk', generated),
    crypto.subtle.exportKey('pkcs8', generated),
  ]);
  const objects = [token, access, access.dpopKey()];
  const shown = objects.flatMap((each) => [inspect(each, { depth: 12, showHidden: true }), JSON.stringify(each)]);
  const clone: unknown = structuredClone(access.dpopKey());

  expect([generated.type, generated.extractable]).toEqual(['private', false]);
  expect(exports.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(shown.filter((text) => /CryptoKey|KeyObject|PRIVATE/.test(text))).toEqual([]);
  expect(clone).toEqual({ thumbprint: undefined });
});

test.each(['ed25519', 'P-384', 'rsa'])('a key of the type %s signs proofs that verify', async (type) => {
  const made =
    type === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : type === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: type });
  const pem = made.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const config = { issuerUrl: 'https://id.example', ...credentials, dpop: { privateKey: pem } };
  const key = readTokenConfig(config).unwrap().dpopKey;

  const proof = String(await key?.sign({ url: 'https://api.example/', method: 'GET' }));

  const { protectedHeader } = await jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt' });
  expect(await calculateJwkThumbprint(protectedHeader.jwk ?? {})).toBe(key?.thumbprint);
});

test('two processes share a token when they have the same key, and not otherwise', async () => {
  await using provider = await startProvider();
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const store = memoryTokenStore();
  const storeKeys = { current: 'k', keys: { k: new Uint8Array(32).fill(7) } };
  await using one = await create(provider.url, { store, storeKeys, dpop: { privateKey } });
  await using two = await create(provider.url, { store, storeKeys, dpop: { privateKey } });
  await using three = await create(provider.url, { store, storeKeys, dpop: { privateKey: other } });
  await using api = await startApi();

  const client = createClient({ baseUrl: api.url }, withBearerAuth(two));
  await client.get('orders');

  expect([one, two, three].map((each) => each.status().isShared)).toEqual([false, true, false]);
});

test.each<[string, unknown, string]>([
  ['a text', 'yes', 'dpop'],
  ['a list', [], 'dpop'],
  ['a misspelt name', { privatKey: 'x' }, 'privatKey'],
  ['no key', { privateKey: 'CANARY' }, 'dpop.privateKey'],
  ['a public key', { privateKey: pair.publicKey.export({ format: 'jwk' }) }, 'dpop.privateKey'],
])('%s as dpop is refused by name before anything is sent', async (_, dpop, field) => {
  const issuerUrl = 'https://id.example';
  const created = await Token.create({ issuerUrl, ...credentials, dpop: dpop as true });

  expect(created.unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field });
  expect(inspect(created.unwrapErr())).not.toContain('CANARY');
});

test('a store needs a given key', async () => {
  const storeKeys = { current: 'k', keys: { k: new Uint8Array(32).fill(7) } };
  const created = await Token.create({
    issuerUrl: 'https://id.example',
    ...credentials,
    store: memoryTokenStore(),
    storeKeys,
  });

  expect(created.unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field: 'dpop' });
});

test('a prefix would take the scheme from the token, so nothing is sent', async () => {
  await using provider = await startProvider();
  await using api = await startApi();
  await using token = await create(provider.url);
  const client = createClient({ baseUrl: api.url }, withBearerAuth(token, { prefix: 'Token' }));

  await expect(client.get('orders')).rejects.toMatchObject({ code: 'CONFIG' });
  expect(api.seen).toEqual([]);
});

test('a proof has the time and the id that it is made with, and only a valid nonce', async () => {
  const key = new DpopKey(undefined, { clock: { ...virtualClock(), now: () => 5_999 }, createId: () => 'id-1' });
  key.keepNonce('https://a.example/x', new Headers({ 'dpop-nonce': 'with "quotes"' }));
  key.keepNonce('https://b.example/x', new Headers({ 'dpop-nonce': 'nb' }));

  const proofs = await Promise.all(
    ['https://a.example:443/p?q#f', 'https://b.example/'].map((url) => key.sign({ url, method: 'PUT' })),
  );

  const claims = proofs.map(
    (each) => JSON.parse(Buffer.from(each.split('.')[1] ?? '', 'base64url').toString()) as object,
  );
  expect(claims).toEqual([
    { jti: 'id-1', htm: 'PUT', htu: 'https://a.example/p', iat: 5 },
    { jti: 'id-1', htm: 'PUT', htu: 'https://b.example/', iat: 5, nonce: 'nb' },
  ]);
});

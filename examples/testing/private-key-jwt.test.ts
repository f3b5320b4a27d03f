import { orThrow } from '@bearings/client';
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchToken, Token } from '@bearings/oauth-bearer';
import { decodeJwt } from 'jose';
import { Provider } from 'oidc-provider';
import type { JWK } from 'oidc-provider';
import { expect, test } from 'vitest';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** A real OpenID provider on loopback with one client and its public key. */
async function startProvider(): Promise<{ issuerUrl: string; stop: () => void }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuerUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { client_id: 'billing', redirect_uris: [], response_types: [], grant_types: ['client_credentials'] };
  const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'key-1' } as JWK] };
  const provider = new Provider(issuerUrl, {
    clients: [{ ...client, token_endpoint_auth_method: 'private_key_jwt', jwks }],
    clientAuthMethods: ['private_key_jwt'],
    scopes: ['orders.read'],
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  });
  server.on('request', (request, response) => void provider.callback()(request, response));
  return { issuerUrl, stop: () => void server.close() };
}

/** A network that loses this many token responses and records the assertions. */
function lossyNetwork(losses: number): { fetch: typeof globalThis.fetch; assertions: string[] } {
  const assertions: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const assertion = new URLSearchParams(await request.clone().text()).get('client_assertion');
    const response = await globalThis.fetch(request);
    if (assertion === null) return response;
    assertions.push(assertion);
    if (assertions.length > losses) return response;
    await response.body?.cancel();
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });
  };
  return { fetch, assertions };
}

test('a client authenticates with a key instead of a secret', async () => {
  const { issuerUrl, stop } = await startProvider();

  await using token = await orThrow(
    Token.create({ issuerUrl, clientId: 'billing', privateKey: pem, scopes: ['orders.read'] }),
  );
  expect(token.status()).toMatchObject({ state: 'fresh', scopes: ['orders.read'] });
  stop();
});

test('a retry after a lost response has a new assertion, which the provider accepts', async () => {
  const { issuerUrl, stop } = await startProvider();
  const { fetch, assertions } = lossyNetwork(2);

  await using token = await orThrow(Token.create({ issuerUrl, clientId: 'billing', privateKey: pem, fetch }));
  expect(token.status().generation).toBe(1);
  expect(new Set(assertions.map((each) => decodeJwt(each).jti)).size).toBe(3);
  stop();
});

test('the provider rejects an assertion that it has seen', async () => {
  const { issuerUrl, stop } = await startProvider();
  const { fetch, assertions } = lossyNetwork(0);
  await fetchToken({ issuerUrl, clientId: 'billing', privateKey: pem, fetch });

  const again = await globalThis.fetch(`${issuerUrl}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'billing',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertions[0] ?? '',
    }),
  });

  expect([again.status, await again.json()]).toEqual([401, expect.objectContaining({ error: 'invalid_client' })]);
  stop();
});

test.each([
  ['the token endpoint', 'is accepted', (issuerUrl: string) => `${issuerUrl}/token`],
  ['another server', 'is rejected', () => 'https://other.example'],
])('an assertion for %s %s', async (_, outcome, getAudience) => {
  const { issuerUrl, stop } = await startProvider();
  const assertionAudience = getAudience(issuerUrl);

  const result = await fetchToken({ issuerUrl, clientId: 'billing', privateKey: pem, assertionAudience });

  const outcomeSeen = result.isErr() && result.error.code === 'TOKEN_HTTP' ? result.error.oauthError : result.isOk();
  expect(outcomeSeen).toBe(outcome === 'is accepted' ? true : 'invalid_client');
  stop();
});

import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { createTestServers, secret } from './test-servers.ts';

const product = '{ product(id: "p-1") { name } }';
const apiKey = 'three words kept secret';

const kinds = `endpoints:
  token:
    url: https://api.test/graphql?key=of-the-address
    auth: { type: oauth2_client_credentials, issuerUrl: https://issuer.test, clientId: shop, clientSecretRef: env:SHOP_SECRET }
  basic:
    url: https://api.test/graphql
    auth: { type: basic, username: shop, passwordRef: env:SHOP_SECRET }
  key:
    url: https://api.test/graphql
    auth: { type: api_key, header: x-key, keyRef: env:API_KEY }
`;

/** Responses of a service that quotes the credential. */
const echoes: Readonly<Record<string, (credential: string) => Response>> = {
  'a GraphQL error': (credential) =>
    Response.json({ errors: [{ message: `who is ${credential}?`, path: [credential] }] }),
  'a challenge': (credential) =>
    new Response(null, {
      status: 401,
      headers: { 'www-authenticate': `Bearer error="invalid_token", is="${credential}"` },
    }),
  'a forbidden text': (credential) =>
    new Response(`no ${credential}, ${encodeURIComponent(credential)}`, { status: 403 }),
  'a failure in JSON': (credential) => Response.json({ deep: [{ you: credential }] }, { status: 500 }),
  'a page': (credential) => new Response(`<p>${credential}</p>`, { headers: { 'content-type': 'text/html' } }),
};

test.each(Object.entries(echoes))('a credential that is quoted in %s is redacted', async (_, echo) => {
  await using servers = await createTestServers();
  await servers.write('gql.yaml', kinds);
  servers.env['API_KEY'] = apiKey;
  servers.replaceApi(({ headers }) => {
    const credential = headers.get('authorization') ?? headers.get('x-key') ?? '';
    const isBasic = credential.startsWith('Basic ');
    return echo(isBasic ? `${credential} ${atob(credential.slice(6))}` : credential.replace(/^Bearer /, ''));
  });

  const outcome = [];
  for (const endpoint of ['token', 'basic', 'key']) outcome.push(await servers.run(['api', endpoint, product, '-v']));

  expect(outcome.map(({ code }) => code)).not.toContain(0);
  expect(outcome).toHideSecrets([secret, apiKey, 'issued-by-test', 'of-the-address']);
});

test('a secret that the authorization server quotes is redacted', async () => {
  await using servers = await createTestServers();
  servers.issuer.inject({
    name: 'quote',
    needsConnection: false,
    change: (answer) => ({
      ...answer,
      status: 400,
      body: new TextEncoder().encode(JSON.stringify({ error: 'invalid_client', error_description: `not ${secret}` })),
    }),
  });

  const outcome = [
    await servers.run(['api', 'catalog', product, '-v']),
    await servers.run(['auth', 'status', 'catalog', '--json']),
  ];

  expect(outcome.map(({ code }) => code)).toEqual([3, 3]);
  expect(outcome).toHideSecrets(secret);
});

import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { openWorld, secret } from './world.ts';

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

/** What a service may do with a credential: quote it wherever it can. */
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

test.each(Object.entries(echoes))('a credential that comes back in %s is not shown', async (_, echo) => {
  await using world = await openWorld();
  await world.write('gql.yaml', kinds);
  world.env['API_KEY'] = apiKey;
  world.replaceApi(({ headers }) => {
    const credential = headers.get('authorization') ?? headers.get('x-key') ?? '';
    const isBasic = credential.startsWith('Basic ');
    return echo(isBasic ? `${credential} ${atob(credential.slice(6))}` : credential.replace(/^Bearer /, ''));
  });

  const ended = [];
  for (const endpoint of ['token', 'basic', 'key']) ended.push(await world.run(['api', endpoint, product, '-v']));

  expect(ended.map(({ code }) => code)).not.toContain(0);
  expect(ended).toHideSecrets([secret, apiKey, 'issued-by-test', 'of-the-address']);
});

test('a token server that quotes what it was sent is quoted without it', async () => {
  await using world = await openWorld();
  world.issuer.inject({
    name: 'quote',
    needsConnection: false,
    change: (answer) => ({
      ...answer,
      status: 400,
      body: new TextEncoder().encode(JSON.stringify({ error: 'invalid_client', error_description: `not ${secret}` })),
    }),
  });

  const ended = [
    await world.run(['api', 'catalog', product, '-v']),
    await world.run(['auth', 'status', 'catalog', '--json']),
  ];

  expect(ended.map(({ code }) => code)).toEqual([3, 3]);
  expect(ended).toHideSecrets(secret);
});

import { expect, test } from 'vitest';
import { chooseAuthMethod, formEncode } from '../../src/client-auth/client-auth.ts';
import { Token } from '../../src/token/token.ts';
import { configFor, fakeIssuer, issuerUrl, tokenEndpoint, tokenFrom } from '../fake-issuer.ts';
import { caught } from '../../../client/test/caught.ts';

test.each([
  [' %&+£€', '+%25%26%2B%C2%A3%E2%82%AC'],
  ['-._*', '-._*'],
  ['svc:one', 'svc%3Aone'],
  ["~!'()", '%7E%21%27%28%29'],
  ['a\r\nb', 'a%0D%0Ab'],
  ['AZaz09', 'AZaz09'],
  ['', ''],
])('%j is written as RFC 6749 Appendix B says', (value, written) => {
  expect(formEncode(value)).toBe(written);
});

test('a colon in the id is encoded, so it does not end the id', async () => {
  const issuer = fakeIssuer();

  await tokenFrom(issuer, { clientId: 'svc:one', clientSecret: 'a b:c' });

  expect(issuer.asked[0]?.headers.get('authorization')).toBe(`Basic ${btoa('svc%3Aone:a+b%3Ac')}`);
});

test('with client_secret_post the secret is in the body and in no header', async () => {
  const issuer = fakeIssuer();

  await tokenFrom(issuer, { clientAuthMethod: 'client_secret_post', clientSecret: 'a b&c' });

  expect(issuer.asked[0]?.params.get('client_id')).toBe('svc');
  expect(issuer.asked[0]?.params.get('client_secret')).toBe('a b&c');
  expect(issuer.asked[0]?.headers.has('authorization')).toBe(false);
});

const either = ['client_secret_basic', 'client_secret_post'] as const;

test.each([
  [either, undefined, 'client_secret_basic'],
  [either, ['client_secret_post'], 'client_secret_post'],
  [either, ['client_secret_post', 'client_secret_basic'], 'client_secret_basic'],
  [['client_secret_post'], undefined, 'client_secret_post'],
  [['client_secret_post'], ['client_secret_basic', 'client_secret_post'], 'client_secret_post'],
  [['private_key_jwt'], ['client_secret_basic', 'private_key_jwt'], 'private_key_jwt'],
] as const)('of %j at a server that supports %j, the method is %s', (wanted, supported, method) => {
  expect(chooseAuthMethod(wanted, supported)).toBe(method);
});

test('a server that supports neither method is a CONFIG error, and gets no secret', async () => {
  const error = await caught(() => chooseAuthMethod(either, ['private_key_jwt']));

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field: 'clientAuthMethod' });
  expect(error.message).toContain('"private_key_jwt"');
});

test('a discovered server that does not support the method gets no token request', async () => {
  let tokenRequests = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (new Request(input, init).url === tokenEndpoint) tokenRequests += 1;
    const methods = ['private_key_jwt'];
    const metadata = { issuer: issuerUrl, token_endpoint: tokenEndpoint };
    return Response.json({ ...metadata, token_endpoint_auth_methods_supported: methods });
  };
  const config = configFor(fakeIssuer(), { fetch, issuerUrl, tokenEndpoint: undefined });

  const created = await Token.create(config);

  expect(created.unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field: 'clientAuthMethod' });
  expect(tokenRequests).toBe(0);
});

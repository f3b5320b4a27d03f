import { inspect } from 'node:util';
import { Token } from '@bearings/oauth-bearer';
import { expect, test } from 'vitest';
import { fakeIssuer } from '../../src/issuer/fake-issuer.ts';
import { faults } from '../../src/faults/faults.ts';
import '../../src/vitest.ts';

test('a logged request has the sent values and prints without secrets', async () => {
  const issuer = fakeIssuer();
  const config = { ...issuer.credentials, clientAuthMethod: 'client_secret_post' as const, scopes: ['orders.read'] };
  const token = (await Token.create({ ...config, fetch: issuer.fetch })).unwrap();
  await token.close();

  const [logged] = issuer.requests.filter(({ endpoint }) => endpoint === 'token');

  expect(logged?.params('client_secret')).toEqual(['test-client-secret']);
  expect(logged?.params('scope')).toEqual(['orders.read']);
  expect(logged?.header('content-type')).toContain('form');
  expect(logged).toHideSecrets(['test-client-secret']);
  expect(inspect(logged)).toContain("client_secret: '[REDACTED]'");
  expect(inspect(logged)).toContain("scope: 'orders.read'");
  expect(JSON.stringify(logged)).toContain('"status":200');
});

test('basic credentials are not printed', async () => {
  const issuer = fakeIssuer();
  const token = (await Token.create({ ...issuer.credentials, fetch: issuer.fetch })).unwrap();
  await token.close();

  expect(issuer.requests.at(-1)?.header('authorization')).toMatch(/^Basic /);
  expect(issuer.requests).toHideSecrets(['test-client-secret', btoa('test-client:test-client-secret')]);
});

test('a request without a response has no status', async () => {
  const issuer = fakeIssuer();
  const hang = issuer.inject(faults.hang(), { on: 'jwks' });
  const pending = issuer.fetch(`${issuer.origin}/jwks`);
  await new Promise((resolve) => setImmediate(resolve));

  const before = issuer.requests[0]?.status;
  hang.clear();
  await pending;

  expect([before, issuer.requests[0]?.status]).toEqual([undefined, 200]);
});

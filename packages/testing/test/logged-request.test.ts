import { inspect } from 'node:util';
import { Token } from '@bearings/oauth-bearer';
import { expect, test } from 'vitest';
import { fakeIssuer } from '../src/fake-issuer.ts';
import { faults } from '../src/fault.ts';
import '../src/vitest.ts';

test('a logged request gives what was sent, and prints without secrets', async () => {
  const issuer = fakeIssuer();
  const config = { ...issuer.credentials, clientAuthMethod: 'client_secret_post' as const, scopes: ['orders.read'] };
  const token = (await Token.create({ ...config, fetch: issuer.fetch })).unwrap();
  await token.close();

  const [asked] = issuer.requests.filter(({ endpoint }) => endpoint === 'token');

  expect(asked?.params('client_secret')).toEqual(['test-client-secret']);
  expect(asked?.params('scope')).toEqual(['orders.read']);
  expect(asked?.header('content-type')).toContain('form');
  expect(asked).toHideSecrets(['test-client-secret']);
  expect(inspect(asked)).toContain("client_secret: '[REDACTED]'");
  expect(inspect(asked)).toContain("scope: 'orders.read'");
  expect(JSON.stringify(asked)).toContain('"status":200');
});

test('basic credentials do not show either', async () => {
  const issuer = fakeIssuer();
  const token = (await Token.create({ ...issuer.credentials, fetch: issuer.fetch })).unwrap();
  await token.close();

  expect(issuer.requests.at(-1)?.header('authorization')).toMatch(/^Basic /);
  expect(issuer.requests).toHideSecrets(['test-client-secret', btoa('test-client:test-client-secret')]);
});

test('a request that has no answer yet has no status', async () => {
  const issuer = fakeIssuer();
  const hang = issuer.inject(faults.hang(), { on: 'jwks' });
  const asked = issuer.fetch(`${issuer.origin}/jwks`);
  await new Promise((resolve) => setImmediate(resolve));

  const before = issuer.requests[0]?.status;
  hang.clear();
  await asked;

  expect([before, issuer.requests[0]?.status]).toEqual([undefined, 200]);
});

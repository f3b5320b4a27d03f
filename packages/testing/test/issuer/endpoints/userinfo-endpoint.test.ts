import { expect, test } from 'vitest';
import { fakeIssuer } from '../../../src/issuer/fake-issuer.ts';
import type { FakeIssuer } from '../../../src/index.ts';
import { signIn } from '../oauth-client.ts';

const userinfo = (issuer: FakeIssuer, token: string): Promise<Response> =>
  issuer.fetch(`${issuer.issuerUrl}/userinfo`, { headers: { authorization: `Bearer ${token}` } });

test('userinfo answers the claims of the account', async () => {
  const issuer = fakeIssuer({ accounts: { alice: { name: 'Alice' } } });
  const [alice, bob] = [await signIn(issuer), await signIn(issuer, { login_hint: 'bob' })];

  const claims = [];
  for (const { access } of [alice, bob]) claims.push(await (await userinfo(issuer, access)).json());

  expect(claims).toEqual([
    { sub: 'alice', name: 'Alice' },
    { sub: 'bob', email: 'bob@users.test' },
  ]);
});

test('userinfo needs a valid token with the scope openid', async () => {
  const issuer = fakeIssuer();
  const { access } = await signIn(issuer, { scope: 'orders.read' });

  const [unknown, narrow] = [await userinfo(issuer, 'unknown'), await userinfo(issuer, access)];

  expect([unknown.status, narrow.status]).toEqual([401, 403]);
  expect(narrow.headers.get('www-authenticate')).toContain('insufficient_scope');
});

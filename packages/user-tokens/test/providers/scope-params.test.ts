import { expect, test } from 'vitest';
import { scopeParams } from '../../src/providers/scope-params.ts';
import { providers } from '../../src/providers.ts';
import type { Provider } from '../../src/index.ts';

test.each<[string, Provider, readonly string[], Record<string, string>]>([
  ['spaces between scopes', providers.google, ['openid', 'email'], { scope: 'openid email' }],
  ['the scope that makes it offline', providers.okta, ['openid'], { scope: 'openid offline_access' }],
  ['the same scope once', providers.okta, ['offline_access', 'openid'], { scope: 'offline_access openid' }],
  ['commas', providers.linear, ['read', 'write'], { scope: 'read,write' }],
  [
    'a parameter of another name',
    providers.slack,
    ['chat:write', 'users:read'],
    { user_scope: 'chat:write,users:read' },
  ],
  ['no parameter without scopes', providers.notion, [], {}],
])('an authorization request has %s', (...[, provider, scopes, expected]) => {
  expect(scopeParams(provider, scopes)).toEqual(expected);
});

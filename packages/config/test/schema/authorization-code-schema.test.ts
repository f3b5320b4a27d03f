import { authSchema, grantIssuer, grantServer } from '@bearings/config';
import type { AuthorizationCodeAuth } from '@bearings/config';
import { expect, test } from 'vitest';

const base = { type: 'oauth2_authorization_code', clientId: 'app' } as const;
const endpoints = { authorizationUrl: 'https://id.internal/auth', tokenUrl: 'https://id.internal/token' };

/** What is wrong: the field, and the message. */
function problems(fields: object): readonly string[] {
  const parsed = authSchema.safeParse({ ...base, ...fields });
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

test.each([
  [{ issuerUrl: 'https://id.internal' }],
  [{ ...endpoints, revocationUrl: 'https://id.internal/revoke' }],
  [{ provider: 'google' }],
  [{ provider: 'githubApp', clientSecretRef: 'env:SECRET' }],
  [{ provider: 'okta', issuerUrl: 'https://dev-1.okta.com/oauth2/default' }],
  [{ issuerUrl: 'http://127.0.0.1:8080' }],
  [{ issuerUrl: 'http://id.internal', insecureHttp: true }],
])('%j is a login', (fields) => {
  expect(problems(fields)).toEqual([]);
});

test.each([
  [{}, ': must have issuerUrl, or authorizationUrl and tokenUrl, or a provider with one address for all'],
  [
    { provider: 'okta' },
    ': must have issuerUrl, or authorizationUrl and tokenUrl, or a provider with one address for all',
  ],
  [{ issuerUrl: 'https://id.internal', ...endpoints }, ': must have one of them'],
  [{ tokenUrl: endpoints.tokenUrl }, 'authorizationUrl: must be set with tokenUrl'],
  [{ authorizationUrl: endpoints.authorizationUrl }, 'tokenUrl: must be set with authorizationUrl'],
  [
    { issuerUrl: 'https://id.internal', deviceAuthorizationUrl: 'https://id.internal/device' },
    'deviceAuthorizationUrl: needs authorizationUrl and tokenUrl; an issuer has it in its metadata',
  ],
  [{ issuerUrl: 'http://id.internal' }, 'issuerUrl: must be https; insecureHttp: true allows http'],
  [
    { issuerUrl: 'https://id.internal', clientAuthMethod: 'client_secret_post' },
    'clientSecretRef: must be set for this clientAuthMethod',
  ],
  [
    { issuerUrl: 'https://id.internal', clientAuthMethod: 'none', clientSecretRef: 'env:SECRET' },
    'clientAuthMethod: change it, or remove the secret',
  ],
])('%j is refused', (fields, message) => {
  expect(problems(fields)).toEqual([message]);
});

test.each<[Partial<AuthorizationCodeAuth>, string, string | undefined]>([
  [{ issuerUrl: 'https://id.internal' }, 'https://id.internal', 'https://id.internal'],
  [{ provider: 'google' }, 'https://accounts.google.com', 'https://accounts.google.com'],
  [{ provider: 'githubApp' }, 'https://github.com/login/oauth/access_token', undefined],
  [{ provider: 'githubApp', ...endpoints }, 'https://id.internal/token', undefined],
  [{ provider: 'google', ...endpoints }, 'https://id.internal/token', undefined],
])('the server of %j is %s', (fields, server, issuer) => {
  expect([grantServer({ ...base, ...fields }), grantIssuer({ ...base, ...fields })]).toEqual([server, issuer]);
});

import type { FakeIssuerOptions } from '../issuer/issuer-options.ts';
import type { ProviderError } from '../issuer/quirks/issuer-quirks.ts';
import type { FakeProviderName } from './fake-provider-name.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The error for a refresh token that is dead. */
const deadRefresh = (code: string, description?: string, status?: number): Readonly<Record<string, ProviderError>> => ({
  'invalid_grant of refresh_token': { code, description, status },
});

/** Errors of GitHub's token endpoint, all with status 200. */
const githubQuirks = {
  hasMetadata: false,
  clientAuth: 'post',
  answersFormByDefault: true,
  tokenType: 'bearer',
  errorStatus: 200,
  accountMember: 'id',
  errors: {
    ...deadRefresh('bad_refresh_token', 'The refresh token passed is incorrect or expired.'),
    invalid_grant: { code: 'bad_verification_code', description: 'The code passed is incorrect or expired.' },
    invalid_client: {
      code: 'incorrect_client_credentials',
      description: 'The client_id and/or client_secret passed are incorrect.',
    },
  },
} as const;

/** How known providers behave, as options of `fakeIssuer`. Lifetimes are the usual ones. */
export const fakeProviderOptions: Readonly<Record<FakeProviderName, FakeIssuerOptions>> = {
  google: {
    rotation: 'none',
    offline: { param: 'access_type', value: 'offline' },
    quirks: {
      refreshTokenAtFirstConsent: true,
      errors: deadRefresh('invalid_grant', 'Token has been expired or revoked.'),
    },
  },
  /** A new refresh token each time; the old one stays valid. */
  entra: {
    rotation: { graceMs: Infinity },
    offline: { scope: 'offline_access' },
    refreshTokenLifetimeMs: 90 * dayMs,
    quirks: { omits: ['refresh_token_expires_in'] },
  },
  githubApp: {
    tokenFormat: 'opaque',
    tokenLifetimeMs: 8 * hourMs,
    refreshTokenLifetimeMs: 184 * dayMs,
    oldAccessTokenDiesOnRefresh: true,
    quirks: { ...githubQuirks, adds: { scope: '' } },
  },
  githubOAuthApp: {
    tokenFormat: 'opaque',
    tokenLifetimeMs: Infinity,
    offline: 'never',
    quirks: { ...githubQuirks, grantedScopeSeparator: ',' },
  },
  slack: {
    tokenFormat: 'opaque',
    tokenLifetimeMs: 12 * hourMs,
    quirks: {
      hasMetadata: false,
      clientAuth: 'basic',
      scopeParam: 'user_scope',
      requestedScopeSeparator: ',',
      grantedScopeSeparator: ',',
      tokenPath: 'authed_user',
      tokenType: 'user',
      adds: { ok: true, team: { id: 'T000000001', name: 'Example' }, enterprise: null },
      errorStatus: 200,
      errorAdds: { ok: false },
      errors: {
        ...deadRefresh('invalid_refresh_token'),
        invalid_grant: { code: 'invalid_code' },
        invalid_client: { code: 'bad_client_secret' },
      },
    },
  },
  salesforce: {
    tokenFormat: 'opaque',
    tokenLifetimeMs: 2 * hourMs,
    rotation: 'none',
    offline: { scope: 'refresh_token' },
    quirks: {
      refusesScopeOnRefresh: true,
      omits: ['expires_in'],
      adds: {
        instance_url: 'https://example.my.salesforce.test',
        id: 'https://login.salesforce.test/id/00D000000000001/{account}',
        issued_at: '1767923832560',
      },
      errors: {
        invalid_grant: { code: 'invalid_grant', description: 'expired access/refresh token' },
        invalid_client: { code: 'invalid_client', status: 400, description: 'invalid client credentials' },
      },
    },
  },
  keycloak: {
    tokenLifetimeMs: 300_000,
    refreshTokenLifetimeMs: hourMs / 2,
    quirks: {
      refreshLifetimeMember: 'refresh_expires_in',
      adds: { 'not-before-policy': 0 },
      errors: deadRefresh('invalid_grant', 'Token is not active'),
    },
  },
  okta: {
    rotation: { graceMs: 30_000 },
    offline: { scope: 'offline_access' },
    quirks: {
      errors: deadRefresh('invalid_grant', 'The refresh token is invalid or expired.'),
    },
  },
  auth0: {
    tokenLifetimeMs: dayMs,
    rotation: { graceMs: 0 },
    offline: { scope: 'offline_access' },
    quirks: {
      errors: {
        invalid_grant: { code: 'invalid_grant', status: 403, description: 'Unknown or invalid refresh token.' },
        authorization_pending: { code: 'authorization_pending', status: 403 },
        slow_down: { code: 'slow_down', status: 429 },
        access_denied: { code: 'access_denied', status: 403 },
        expired_token: { code: 'expired_token', status: 403 },
      },
    },
  },
  atlassian: {
    rotation: { graceMs: 600_000 },
    offline: { scope: 'offline_access' },
    refreshTokenLifetimeMs: 90 * dayMs,
    quirks: {
      hasMetadata: false,
      clientAuth: 'post',
      omits: ['refresh_token_expires_in'],
      accountMember: 'account_id',
      errors: deadRefresh('unauthorized_client', 'refresh_token is invalid', 403),
    },
  },
  notion: {
    tokenFormat: 'opaque',
    quirks: {
      hasMetadata: false,
      clientAuth: 'basic',
      tokenBody: 'json',
      tokenType: 'bearer',
      omits: ['expires_in', 'scope'],
      adds: { bot_id: 'bot-of-{account}', workspace_id: 'workspace-1', workspace_icon: null },
      errorMember: 'code',
      descriptionMember: 'message',
      errorAdds: { object: 'error', status: 400 },
      errors: deadRefresh('invalid_grant', 'Invalid code: this code has been revoked.'),
    },
  },
  dropbox: {
    tokenFormat: 'opaque',
    tokenLifetimeMs: 4 * hourMs,
    rotation: 'none',
    offline: { param: 'token_access_type', value: 'offline' },
    quirks: {
      hasMetadata: false,
      tokenType: 'bearer',
      adds: { uid: '1', account_id: 'dbid:{account}' },
      errors: {
        ...deadRefresh('invalid_grant', 'refresh token is invalid or revoked'),
        invalid_client: { code: 'invalid_client: Invalid client_id or client_secret', status: 400 },
      },
    },
  },
  linear: {
    tokenFormat: 'opaque',
    tokenLifetimeMs: dayMs,
    quirks: { hasMetadata: false, clientAuth: 'post', requestedScopeSeparator: ',' },
  },
  hubspot: {
    tokenFormat: 'opaque',
    tokenLifetimeMs: hourMs / 2,
    rotation: 'none',
    quirks: {
      hasMetadata: false,
      clientAuth: 'post',
      tokenType: 'bearer',
      omits: ['scope'],
      accountMember: 'portalId',
      errorMember: 'status',
      descriptionMember: 'message',
      errorAdds: { correlationId: '00000000-0000-4000-8000-000000000001' },
      errors: {
        ...deadRefresh('BAD_REFRESH_TOKEN', 'missing or invalid refresh token'),
        invalid_grant: { code: 'BAD_AUTH_CODE', description: 'missing or unknown auth code' },
        invalid_client: { code: 'BAD_CLIENT_SECRET', status: 400, description: 'missing or unknown client secret' },
      },
    },
  },
};

import type { Provider } from './provider.ts';

/** The name of a preset. */
export type ProviderName =
  | 'oidc'
  | 'google'
  | 'entra'
  | 'githubApp'
  | 'githubOAuthApp'
  | 'slack'
  | 'salesforce'
  | 'keycloak'
  | 'okta'
  | 'auth0'
  | 'atlassian'
  | 'notion'
  | 'dropbox'
  | 'linear'
  | 'hubspot';

/** What both kinds of apps at GitHub have in common. */
const github: Provider = {
  endpoints: {
    // docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
    authorization: 'https://github.com/login/oauth/authorize',
    token: 'https://github.com/login/oauth/access_token',
    deviceAuthorization: 'https://github.com/login/device/code',
  },
  clientAuthMethod: 'client_secret_post', // docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
  account: { url: 'https://api.github.com/user', member: 'id' }, // docs.github.com/rest/users/users#get-the-authenticated-user ?
  errorCodes: {
    // All have status 200. docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
    bad_verification_code: 'invalid_grant',
    incorrect_client_credentials: 'invalid_client',
    redirect_uri_mismatch: 'invalid_request',
    unverified_user_email: 'access_denied',
    bad_refresh_token: 'invalid_grant', // docs.rs/github-device-oauth
    incorrect_device_code: 'invalid_grant', // docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#error-codes-for-the-device-flow
  },
};

/**
 * What differs at known providers. The address after each field is where the provider says so, or where it was seen;
 * those with a question mark were written from memory.
 *
 * An MCP server needs no preset: `{ protectedResource: 'https://mcp.example/mcp', … }` leads to its issuer.
 *
 * A preset without `issuerUrl` and `endpoints` needs the address of your own tenant:
 * `{ ...providers.okta, issuerUrl: 'https://dev-1.okta.com/oauth2/default', … }`.
 */
export const providers: Readonly<Record<ProviderName, Provider>> = {
  /** Any OpenID provider: nothing differs. Add `offlineScope` if it has one. */
  oidc: {},

  /** Users may untick scopes. A project in "Testing" has refresh tokens for 7 days; others die after 6 months unused. */
  google: {
    issuerUrl: 'https://accounts.google.com', // developers.google.com/identity/openid-connect/openid-connect ?
    // A refresh token comes only with the first consent, or with this prompt, and only for offline access:
    // developers.google.com/identity/protocols/oauth2/web-server#offline ?, googleworkspace/apps-script-oauth2#210
    authParams: { access_type: 'offline', prompt: 'consent' },
  },

  /** `issuerUrl`: `https://login.microsoftonline.com/<tenant id>/v2.0`. A refresh token dies after 90 days unused; an old one stays valid after a refresh. */
  entra: {
    offlineScope: 'offline_access', // learn.microsoft.com/entra/identity-platform/scopes-oidc ?
    errorCodes: {
      // learn.microsoft.com/entra/identity-platform/reference-error-codes ?
      interaction_required: 'invalid_grant',
      consent_required: 'invalid_grant',
      login_required: 'invalid_grant',
      // learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code ?
      authorization_declined: 'access_denied',
      bad_verification_code: 'invalid_grant',
      code_expired: 'expired_token', // AzureAD/azure-activedirectory-library-for-python#110
    },
  },

  /**
   * Tokens of 8 hours. A refresh ends the old access token too. It has no scopes: permissions are those of the App.
   * docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens
   */
  githubApp: github,

  /** Tokens that do not expire, without a refresh token. */
  githubOAuthApp: {
    ...github,
    grantedScopeSeparator: ',', // seen in answers; requests have spaces: docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
    defaultTtlMs: Infinity, // docs.github.com/authentication/keeping-your-account-and-data-secure/token-expiration-and-revocation ?
  },

  /** The token of the user, not of the bot. Scopes are those of the user (`user_scope`). Rotation is an option of the app. */
  slack: {
    endpoints: {
      authorization: 'https://slack.com/oauth/v2/authorize', // docs.slack.dev/authentication/installing-with-oauth ?
      token: 'https://slack.com/api/oauth.v2.access', // docs.slack.dev/reference/methods/oauth.v2.access
    },
    clientAuthMethod: 'client_secret_basic', // docs.slack.dev/reference/methods/oauth.v2.access ("client_id")
    scopeParam: 'user_scope', // docs.slack.dev/authentication/installing-with-oauth ?
    scopeSeparator: ',', // docs.slack.dev/authentication/installing-with-oauth ?
    tokenPath: 'authed_user', // docs.slack.dev/tools/node-slack-sdk/reference/web-api/type-aliases/OauthV2AccessResponse; a refresh answers at the top
    bearerTypes: ['user', 'bot'], // docs.slack.dev/tools/node-slack-sdk/reference/web-api/type-aliases/OauthV2AccessResponse
    defaultTtlMs: Infinity, // without rotation it does not expire: docs.slack.dev/authentication/using-token-rotation
    account: { member: ['team.id', 'id'] }, // ids of users are unique within a team: docs.slack.dev/reference/objects/user-object ?
    extras: ['team', 'enterprise'],
    errorCodes: {
      // All have status 200. docs.slack.dev/reference/methods/oauth.v2.access, krishamoud/meteor-slack-api#7 (invalid_code)
      invalid_refresh_token: 'invalid_grant', // ?
      token_revoked: 'invalid_grant',
      token_expired: 'invalid_grant',
      account_inactive: 'invalid_grant',
      invalid_code: 'invalid_grant',
      code_already_used: 'invalid_grant',
      bad_client_secret: 'invalid_client',
      invalid_client_id: 'invalid_client',
      bad_redirect_uri: 'invalid_request',
      internal_error: 'server_error',
      fatal_error: 'server_error',
      request_timeout: 'server_error',
      service_unavailable: 'server_error',
      ratelimited: 'temporarily_unavailable',
    },
  },

  /** A sandbox has the issuer `https://test.salesforce.com`, an org its own "My Domain". */
  salesforce: {
    issuerUrl: 'https://login.salesforce.com', // help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_openid_discovery_endpoint.htm ?
    offlineScope: 'refresh_token', // stevenmaguire/oauth2-salesforce#10, jsforce/jsforce#629
    // No expires_in. The session lasts as long as the org sets: 15 min at least.
    // help.salesforce.com/s/articleView?id=xcloud.admin_sessions.htm ?
    defaultTtlMs: 900_000,
    account: { member: 'id' }, // help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_openid.htm ? (the identity URL)
    extras: ['instance_url'], // the origin of the org's API: NangoHQ/nango#327
    errorCodes: {
      invalid_client_id: 'invalid_client', // seen in public code of clients
      'invalid_grant: login rate exceeded': 'temporarily_unavailable', // not a dead grant ?
    },
  },

  /** `issuerUrl`: `https://<host>/realms/<realm>`. `refresh_expires_in: 0` means no end. */
  keycloak: {
    offlineScope: 'offline_access', // www.keycloak.org/docs/latest/server_admin/#_offline-access ?
  },

  /** `issuerUrl`: `https://<org>.okta.com/oauth2/default`. A rotated token can be used again for 30 s, as the org sets. */
  okta: {
    offlineScope: 'offline_access', // developer.okta.com/docs/guides/refresh-tokens/main/ ?
  },

  /** `issuerUrl`: `https://<tenant>.auth0.com/`. Without `authParams: { audience }` the token is opaque, for userinfo alone. */
  auth0: {
    offlineScope: 'offline_access', // auth0.com/docs/secure/tokens/refresh-tokens/get-refresh-tokens ?
  },

  /** Jira, Confluence. The API is at `https://api.atlassian.com/ex/<product>/<cloud id>`. */
  atlassian: {
    endpoints: {
      // developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
      authorization: 'https://auth.atlassian.com/authorize',
      token: 'https://auth.atlassian.com/oauth/token',
    },
    authParams: { audience: 'api.atlassian.com', prompt: 'consent' }, // developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
    offlineScope: 'offline_access', // developer.atlassian.com/cloud/oauth/getting-started/refresh-tokens
    clientAuthMethod: 'client_secret_post', // developer.atlassian.com/cloud/oauth/getting-started/refresh-tokens
    // Needs the scope read:me. developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/ ?
    account: { url: 'https://api.atlassian.com/me', member: 'account_id' },
    errorCodes: {
      'unauthorized_client: refresh_token is invalid': 'invalid_grant', // raycast/extensions#11836, ParabolInc/parabol#11849
    },
  },

  /** One token for each user and workspace. No scopes: the user chooses pages. */
  notion: {
    endpoints: {
      authorization: 'https://api.notion.com/v1/oauth/authorize', // developers.notion.com/guides/get-started/authorization
      token: 'https://api.notion.com/v1/oauth/token', // developers.notion.com/reference/create-a-token
    },
    authParams: { owner: 'user' }, // developers.notion.com/guides/get-started/authorization ?
    clientAuthMethod: 'client_secret_basic', // developers.notion.com/reference/create-a-token
    tokenBody: 'json', // developers.notion.com/reference/create-a-token
    defaultTtlMs: Infinity, // no expires_in: developers.notion.com/reference/create-a-token
    account: { member: 'bot_id' }, // developers.notion.com/changelog/oauth-token-response-now-includes-more-info-about-the-workspace
    extras: ['workspace_id'],
    errorMember: 'code', // developers.notion.com/reference/status-codes
    errorCodes: {
      unauthorized: 'invalid_client', // developers.notion.com/reference/status-codes
      internal_server_error: 'server_error',
      service_unavailable: 'temporarily_unavailable',
      rate_limited: 'temporarily_unavailable',
    },
  },

  /** The refresh token has no end and does not change. */
  dropbox: {
    endpoints: {
      // www.dropbox.com/developers/documentation/http/documentation#authorization ?
      authorization: 'https://www.dropbox.com/oauth2/authorize',
      token: 'https://api.dropboxapi.com/oauth2/token',
    },
    authParams: { token_access_type: 'offline' }, // dropbox.tech/developers/using-oauth-2-0-with-offline-access
    clientAuthMethod: 'client_secret_basic', // www.dropbox.com/developers/documentation/http/documentation#oauth2-token ?
    account: { member: 'account_id' }, // Shopify/react-native-app-auth docs/config-examples/dropbox.md
  },

  /** Tokens of 24 hours. Its API has no place for the id of the account that GET can read. */
  linear: {
    endpoints: {
      // linear.app/developers/oauth-2-0-authentication
      authorization: 'https://linear.app/oauth/authorize',
      token: 'https://api.linear.app/oauth/token',
    },
    clientAuthMethod: 'client_secret_post', // linear.app/developers/oauth-2-0-authentication
    scopeSeparator: ',', // linear.app/developers/oauth-2-0-authentication; answers have spaces
  },

  /** Tokens of 30 minutes. The refresh token does not change. */
  hubspot: {
    endpoints: {
      // developers.hubspot.com/docs/api-reference/auth-oauth-v1/tokens/post-oauth-v1-token. There is a v3, whose errors are not known here
      authorization: 'https://app.hubspot.com/oauth/authorize',
      token: 'https://api.hubapi.com/oauth/v1/token',
    },
    clientAuthMethod: 'client_secret_post', // developers.hubspot.com/docs/api-reference/auth-oauth-v1/tokens/post-oauth-v1-token
    account: { url: 'https://api.hubapi.com/account-info/v3/details', member: 'portalId' }, // developers.hubspot.com/docs/api/settings/account-information-api ?
    errorMember: 'status', // HGData/mk-node-hubspot#64, airbytehq/airbyte#79592
    errorCodes: {
      BAD_REFRESH_TOKEN: 'invalid_grant', // HGData/mk-node-hubspot#64, airbytehq/airbyte#79592
      BAD_AUTH_CODE: 'invalid_grant', // HubSpot/oauth-quickstart-nodejs
      BAD_CLIENT_SECRET: 'invalid_client', // ?, as the two below
      BAD_CLIENT_ID: 'invalid_client',
      BAD_REDIRECT_URI: 'invalid_request',
    },
  },
};

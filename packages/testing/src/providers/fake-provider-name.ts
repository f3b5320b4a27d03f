/** The name of a provider that `fakeProvider` can imitate. */
export type FakeProviderName =
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

import type { CredentialAuth, SecretKind } from '@bearings/config';

/** The reference to a credential's secret or key; `undefined` when it has none. */
export function secretReference(auth: CredentialAuth): string | undefined {
  switch (auth.type) {
    case 'oauth2_client_credentials':
      return auth.clientSecretRef ?? auth.privateKeyRef;
    case 'oauth2_authorization_code':
      return auth.clientSecretRef;
    case 'bearer':
      return auth.tokenRef;
    case 'basic':
      return auth.passwordRef;
    case 'google_service_account':
      return auth.serviceAccountKeyRef;
    case 'api_key':
      break;
  }
  return auth.keyRef;
}

/** What the reference to a credential's secret names. */
export function secretKind(auth: CredentialAuth): SecretKind {
  if (auth.type === 'google_service_account') return 'googleKey';
  return auth.type === 'oauth2_client_credentials' && auth.privateKeyRef !== undefined ? 'key' : 'secret';
}

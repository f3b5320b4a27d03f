import { grantServer } from '@bearings/config';
import type { Auth } from '@bearings/config';
import { secretReference } from './secret-reference.ts';

/** Where a credential comes from: the issuer, the token endpoint, or the reference to a static secret; '' for none. */
export function credentialSource(auth: Auth): string {
  if (auth.type === 'none') return '';
  if (auth.type === 'oauth2_authorization_code') return grantServer(auth);
  const server = auth.type === 'oauth2_client_credentials' ? (auth.issuerUrl ?? auth.tokenUrl) : secretReference(auth);
  return server ?? '';
}
